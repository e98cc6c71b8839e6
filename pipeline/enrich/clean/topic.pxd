# Types of topic.py for the compiler; what the code does stands there.
cimport cython

from pipeline.enrich.clean.lines cimport Line

cdef int MIN_WORDS, STEM, MIN_LETTERS, OFTEN, MAX_CHARS, _W, _IN_REGION


@cython.locals(stems=list, region=dict, prose=dict, line=Line, is_dense=bint, found=set, at=int, i=Py_ssize_t, own=int)
cpdef fill_topics(int[::1] rows, lines, dense)

@cython.locals(stems=set, word=str)
cdef set _stems(str text)

@cython.locals(stem=str)
cdef int _count(set stems, dict lines) except -1

@cython.locals(count=int, in_region=int, in_prose=int, often=int, stem=str, in_all=int, others=int)
cdef int _share(int[::1] rows, int at, set stems, dict region, dict prose, int own_region, int own_prose) except -1
