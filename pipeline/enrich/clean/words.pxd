# Types of words.py for the compiler; what the code does stands there.
cimport cython

cpdef list tokens(str text)

cpdef int units(str text) except -1

cpdef int unspaced(str text) except -1

@cython.locals(tail=str, before=str, initials=str)
cpdef bint ends_sentence(str text) except -1

cpdef bint has_words(str text) except -1

@cython.locals(character=Py_UCS4)
cdef bint _may_lack_spaces(str text) except -1

@cython.locals(mark=str)
cpdef bint has_mark(str text, tuple marks) except -1
