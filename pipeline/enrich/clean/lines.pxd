# Types of lines.py for the compiler; what the code does stands there.
cimport cython
from pipeline.enrich.clean cimport phrases, words

cdef int LONG_LINE, MIN_JOINED, MAX_PHRASE_LINE
cdef tuple MENU_MARKS


@cython.no_gc  # no cycle can be made of them
@cython.final
cdef class Line:
    cdef readonly str text, tag
    cdef readonly int units, spaced
    cdef readonly double links
    cdef readonly tuple hints
    cdef readonly bint ends, prose, has_words
    cdef public bint joined
    cdef public tuple phrases


@cython.locals(marks=int, mark=str)
cdef bint _looks_like_prose(str text, int units, bint ends, double links) except -1

cdef bint _runs_on(str text, Py_ssize_t start, previous_end, str page_text) except -1

@cython.locals(parts=list, units=int, line=Line)
cdef Line _read(str text, block)

@cython.locals(lines=list, known=dict, runs_on=list, text=str, line=Line, i=Py_ssize_t, is_text=bint, page_text=str,
               joined=Line)
cpdef list read_lines(page)
