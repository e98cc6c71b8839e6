# Types of tokens.py for the compiler; what the code does stands there.
cimport cython

cdef str _BREAKS

@cython.locals(letter=Py_UCS4, end=Py_ssize_t)
cdef Py_ssize_t _end(str text, Py_ssize_t start, Py_ssize_t size) except -1

@cython.locals(starts="int[::1]", ends="int[::1]", ids="int[::1]", joined="signed char[::1]", known=dict,
               surfaces=list, pieces=list, most=Py_ssize_t, size=Py_ssize_t, at=Py_ssize_t, count=int, last=Py_ssize_t, first=int,
               stop=int, letter=Py_UCS4, end=Py_ssize_t, surface=str, number=int)
cpdef tuple tokenise(str text, Py_ssize_t start, int limit)
