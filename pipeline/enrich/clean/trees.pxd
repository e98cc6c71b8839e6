# Types of trees.py for the compiler; what the code does stands there.
cimport cython


@cython.locals(roots="int[::1]", column="int[::1]", limit="int[::1]", left="int[::1]", right="int[::1]",
               leaves="int[::1]", scores=list, base=int, total=int, node=int, tree=int)
cpdef list score(trees, int[::1] rows, int width)
