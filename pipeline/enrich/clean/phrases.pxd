# Types of phrases.py for the compiler; what the code does stands there.
cimport cython

@cython.locals(found=list)
cpdef tuple key(str text)

cdef str _normal(str token)

@cython.locals(first=str, second=str)
cdef bint _may_match(str text, list parts, dict firsts) except -1

@cython.locals(words=tuple, whole=dict, starts=dict, firsts=dict, length=int)
cpdef matches(str text, list parts)
