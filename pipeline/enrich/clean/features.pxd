# Types of features.py for the compiler; what the code does stands there.
cimport cython

cdef int _W


@cython.locals(count=Py_ssize_t, i=Py_ssize_t, size=str, found=list)
cpdef list word_tokens(low)

@cython.locals(total=int, near=int, worst=int, value=int, i=int, hint=str)
cpdef tuple name_values(tuple hints, names)

@cython.locals(text=str, number=int, base=int, line=str, size=int, links=int, repeated=int, words=int, i=int,
               seen=dict, known=dict, marks=tuple, hints=tuple, start=Py_ssize_t, end=Py_ssize_t, tag=str)
cdef int _own(page, cues, int[::1] out, int[::1] good) except -1

@cython.locals(words=int, count=int, part=int, common=int, capitals=int, digits=int, cue=int, found=list, low=list,
               word=str, lower=str, last=str, known=dict, shared=frozenset)
cdef int _words(str line, int size, int links, cues, int[::1] out, int base) except -1
