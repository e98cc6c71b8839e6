# Types of place.py for the compiler; what the code does stands there.
cimport cython
from pipeline.enrich.clean.lines cimport Line
from pipeline.enrich.clean cimport copies
from pipeline.enrich.clean.phrases cimport Phrase
from pipeline.enrich.clean.verdicts cimport Verdict

cdef object BYLINE, CAPTION, HEADLINE, NAVIGATION, RELATED


@cython.final
cdef class Place:
    cdef object lines, kept
    cdef readonly int first, last
    cdef readonly str body
    cdef readonly list titles
    cdef readonly int titled_at, tagged_at
    cdef readonly str where
    cdef readonly int distance
    cdef readonly object after
    cdef readonly bint titled, is_title, tagged, heads
    cdef public object section
    cdef public Verdict before
    cdef public int run

    @cython.locals(line=Line, phrase=Phrase)
    cpdef move(self, int i, Verdict before)

    cpdef bint is_menu(self) except -1
    cpdef bint is_first(self) except -1
    cpdef bint follows(self, kind) except -1
    cpdef bint has_picture(self, Verdict widget) except -1
