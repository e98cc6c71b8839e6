# Types of trees.py for the compiler; what the code does stands there.
cimport cython

cdef int[::1] _BIT


@cython.locals(count=int, start=int, size=int, totals="int[::1]", above="unsigned long long[::1]", features="int[::1]",
               waiting="unsigned long long[::1]", every="unsigned long long", root=int, slots="int[::1]",
               nodes="int[::1]", leaves="int[::1]")
cpdef list score(trees, int[::1] rows, int width)

@cython.locals(i=int, row=int, value="long long", slot=int, every="unsigned long long", bit="unsigned long long")
cdef unsigned long long _compare(int[::1] features, int[::1] slots, int[::1] rows, int width, int start, int stop,
                                 unsigned long long[::1] above) noexcept

@cython.locals(node=int, here="unsigned long long", right="unsigned long long")
cdef void _descend(int[::1] nodes, int[::1] leaves, unsigned long long[::1] above, unsigned long long[::1] waiting,
                   int[::1] totals, int start) noexcept

@cython.locals(leaf=int, others="unsigned long long")
cdef void _to(int place, unsigned long long rows, int[::1] leaves, unsigned long long[::1] waiting, int[::1] totals,
              int start) noexcept
