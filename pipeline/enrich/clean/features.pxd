# Types of features.py for the compiler; what the code does stands there.
cimport cython

cdef int _W, _LONG, _MIDDLE
cdef list _LOG, _ROOTS
cdef dict TAG_IDS, _INSIDE_AT
cdef frozenset _ENDS, _BULLETS
cdef str _CLOSING


@cython.locals(count=Py_ssize_t, i=Py_ssize_t, size=str, found=list)
cpdef list word_tokens(low)

@cython.locals(bare=str)
cdef tuple _parts(str token)

@cython.locals(total=int, near=int, worst=int, value=int, inside=int, i=int, hint=str)
cdef tuple _marks(tuple hints, dict names)

@cython.locals(text=str, number=int, base=int, line=str, size=int, links=int, repeated=int, words=int,
               i=int, inside=int, seen=dict, known=dict, names=dict, marks=tuple, hints=tuple,
               start=Py_ssize_t, end=Py_ssize_t, tag=str)
cdef int _own(page, cues, int[::1] out, int[::1] good) except -1

@cython.locals(count=Py_ssize_t, i=Py_ssize_t, before=str, word=str, size=str, single=dict, pairs=dict, seconds=dict,
               cue=int)
cdef int _cue(list low, cues) except? -1

@cython.locals(low=list, capitals=int, digits=int, separators=int, at=Py_ssize_t, start=Py_ssize_t, is_low=bint,
               letter=Py_UCS4, word=str, lower=str)
cpdef tuple scan(str line)

@cython.locals(cue=int, known=dict, word=str)
cdef int _long_cue(list low, cues) except? -1

@cython.locals(words=int, count=int, part=int, common=int, capitals=int, digits=int, separators=int, commas=int,
               quotes=int, low=list, word=str, last=str, shared=frozenset)
cdef int _words(str line, int size, int links, cues, int[::1] out, int base) except -1
