# Types of runs.py for the compiler; what the code does stands there.
cimport cython

cdef int _JOINS, _GAP

@cython.final
cdef class Runs:
    cdef readonly int[::1] of, first, end, piece, head, last
    cdef readonly int count

    @cython.locals(of="int[::1]", first="int[::1]", end="int[::1]", run=int, piece=int, begins=bint, i=int)
    cdef int _find(self, int[::1] ids, int[::1] pieces, signed char[::1] capital) except -1

    @cython.locals(first="int[::1]", end="int[::1]", head="int[::1]", run=int, joined=bint, i=int, chained=bint)
    cdef int _join(self, int[::1] ids, signed char[::1] signs) except -1
