# Types of markup.py for the compiler; what the code does stands there.
cimport cython
from pipeline.enrich.clean.lines cimport Line
from pipeline.enrich.clean.verdicts cimport Verdict

cdef Verdict CAPTION_TAG, UNKNOWN
cdef int NEAR
cdef frozenset VAGUE, PARTS, NOISY, ENDS, PIECES, TEASERS, TITLED
cdef dict HINTS, NAMED_NEAR, NAMED_FAR, SECTION, VAGUE_SECTION


@cython.final
cdef class Markup:
    cdef frozenset around
    cdef dict nearest, sections, title_sections

    @cython.locals(number=object, found=Verdict)
    cpdef Verdict hinted(self, Line line)

    @cython.locals(known=dict, number=object, found=Verdict)
    cpdef Verdict container(self, Line line)


@cython.locals(last=Py_UCS4)
cdef _kind(tuple hints, int distance, str token, frozenset around)

@cython.locals(distance=int, token=str, vague=Verdict, verdict=Verdict)
cdef Verdict _nearest(tuple hints, frozenset around)

@cython.locals(distance=int, token=str, vague=Verdict, verdict=Verdict)
cdef Verdict _section(tuple hints, frozenset around, bint is_title)
