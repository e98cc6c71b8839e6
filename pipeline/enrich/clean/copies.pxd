# Types of copies.py for the compiler; what the code does stands there.
cimport cython

@cython.locals(head=list, body=list, part=list, shared=int)
cpdef double copies(str line, str other) except -1
@cython.locals(head=list, whole=list, shared=int)
cpdef bint same_title(str line, title) except -1
