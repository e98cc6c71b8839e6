# Types of crf.py for the compiler; what the code does stands there.
cimport cython

cdef int _TAGS, _REACH, _NEVER

@cython.locals(size="unsigned long long", start=int, i=int, number=int, key="unsigned int",
               place="unsigned long long", base=Py_ssize_t, tag=int)
cpdef add_rows(const unsigned int[::1] keys, const signed char[::1] weights, unsigned int[::1] rows, int[::1] ends,
               int count, int[::1] out)

@cython.locals(piece=int, first=int, end=int, i=int, base=Py_ssize_t, offset=int, near=int, slot=int,
               place=Py_ssize_t, tag=int)
cpdef add_forms(short[::1] sums, int[::1] slots, int[::1] ids, int[::1] pieces, int edge, int[::1] out)

@cython.locals(i=int, tag=int)
cpdef add_whole(int[::1] vectors, int[::1] ids, int count, int[::1] out)

@cython.locals(longest=int, piece=int, back="signed char[::1]", work="int[::1]", gains="int[::1]", live="int[::1]",
               before=int, tag=int)
cpdef best_tags(int[::1] scores, int[::1] moves, int[::1] pieces, signed char[::1] tags)

@cython.locals(base=Py_ssize_t, now=int, then=int, tag=int, i=int, source=int, best=int, other=int, before=int,
               count=int, n=int)
cdef int _best_path(int[::1] scores, int[::1] moves, int first, int end, signed char[::1] back, int[::1] work,
                    int[::1] gains, int[::1] live, signed char[::1] tags) except -1

@cython.locals(piece=int, first=int, end=int, i=int, own=int, value=int, best=int, tag=int, total=int)
cpdef margins(int[::1] scores, int[::1] moves, int[::1] pieces, signed char[::1] tags, int[::1] out)
