# Types of markup.py for the compiler; what the code does stands there.
cimport cython
from pipeline.enrich.clean.lines cimport Line


@cython.final
cdef class Markup:
    cdef frozenset around
    cdef dict nearest, sections, title_sections

    cpdef hinted(self, Line line)

    @cython.locals(known=dict)
    cpdef container(self, Line line)


cdef _kind(tuple hints, int distance, str token, frozenset around)

@cython.locals(distance=int, token=str)
cdef _nearest(tuple hints, frozenset around)

@cython.locals(distance=int, token=str)
cdef _section(tuple hints, frozenset around, bint is_title)
