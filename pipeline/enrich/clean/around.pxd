# Types of around.py for the compiler; what the code does stands there.
cimport cython

cdef int _W, _N, _DENSE, _PLACE, _IN_ELEMENT
cdef list _LOG, _SHIFTED_AT, _MEANS
cdef tuple _REACHES

cpdef look_around(int[::1] out, int[::1] good, blocks, int count)

@cython.locals(column=int, shift=int, source=int, i=int)
cdef int _shifted(int[::1] out, int count) except -1

@cython.locals(sums="long long[::1]", i=int, number=int, goal=int, most=int, source=int, reach=int, scale=int)
cdef int _windows(int[::1] out, int[::1] good, int count) except -1

@cython.locals(i=int, low=int, high=int)
cdef int _means(long long[::1] sums, int[::1] out, int count, int reach, int scale, int goal) except -1

@cython.locals(best_first=int, best_last=int, best_words=int, first=int, last=int, words=int, i=int)
cdef tuple _core(int[::1] good, int count)

@cython.locals(core_first=int, core_last=int, core_words=int, total="long long", near=int, i=int, before="long long",
               far=int, heading=int, heading_far=int, markers=int, marker_far=int, row=int, size=int, cue=int, words=int,
               ends=int)
cdef int _places(int[::1] out, int[::1] good, int count) except -1

@cython.locals(shares=dict, total="long long", weighted_names="long long", weighted_depth="long long", best=int,
               most="long long", i=int, size=int, names=int, share="long long", mean_names=int, mean_depth=int, row=int)
cdef int _containers(int[::1] out, int[::1] good, blocks) except -1
