# Types of trees.py for the compiler; what the code does stands there.
cimport cython


cdef object _places(children)

@cython.locals(roots="int[::1]", nodes="int[::1]", leaves="int[::1]", sums="int[::1]", width=int, count=int, base=int,
               node=int, root=int, tree=int, row=int)
cpdef list score(trees, int[::1] rows, int width)
