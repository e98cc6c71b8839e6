# Types of copies.py for the compiler; what the code does stands there.
cimport cython
from pipeline.enrich.clean.words cimport tokens

cdef int MIN_COPY

@cython.locals(common=int, token=str)
cdef bint _shares(list head, frozenset words) except -1

@cython.locals(head=list, body=list, words=frozenset, part=list, shared=int)
cpdef double copies(str line, str other) except -1
@cython.locals(head=list, whole=list, first=str, shared=int)
cpdef bint same_title(str line, title) except -1
