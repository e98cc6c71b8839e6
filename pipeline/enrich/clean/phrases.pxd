# Types of phrases.py for the compiler; what the code does stands there.
cimport cython
from pipeline.enrich.clean.words cimport are_plain, split_ascii

cdef str _SIGNS, _DOT
cdef bytes _SIGNED



@cython.no_gc  # no cycle can be made of them
@cython.final
cdef class Phrase:
    cdef readonly tuple key
    cdef readonly object kind
    cdef readonly bint outside, opens, goes_on
    cdef readonly str rule


@cython.locals(found=list, head=str, signed=list, part=str, token=str)
cpdef tuple key(str text)

cdef str _normal(str token)

@cython.locals(first=str, second=str)
cdef bint _may_match(str text, list parts, dict firsts) except -1

@cython.locals(words=tuple, whole=dict, starts=dict, firsts=dict, longest=dict, found=tuple, length=int)
cpdef tuple matches(str text, list parts)
