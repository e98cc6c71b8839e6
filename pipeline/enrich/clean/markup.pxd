# Types of markup.py for the compiler; what the code does stands there.
cimport cython
from pipeline.enrich.clean.lines cimport Line
from pipeline.enrich.clean.verdicts cimport Verdict

cdef Verdict CAPTION_TAG


@cython.final
cdef class Markup:
    cdef frozenset around
    cdef dict nearest, sections, title_sections

    @cython.locals(number=object)
    cpdef Verdict hinted(self, Line line)

    @cython.locals(known=dict)
    cpdef Verdict container(self, Line line)


cdef _kind(tuple hints, int distance, str token, frozenset around)

@cython.locals(distance=int, token=str, vague=Verdict, verdict=Verdict)
cdef Verdict _nearest(tuple hints, frozenset around)

@cython.locals(distance=int, token=str, vague=Verdict, verdict=Verdict)
cdef Verdict _section(tuple hints, frozenset around, bint is_title)
