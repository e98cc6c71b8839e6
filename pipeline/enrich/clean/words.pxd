# Types of words.py for the compiler; what the code does stands there.
cimport cython

cdef bytes _WORDS

@cython.locals(found=list, low=str)
cpdef list tokens(str text)

cpdef list split_ascii(str text, bytes table)

@cython.locals(part=str)
cpdef bint are_plain(list parts) except -1

cpdef int units(str text) except -1

@cython.locals(count=int, character=Py_UCS4)
cpdef int unspaced(str text) except -1

cdef bint _lacks_spaces(Py_UCS4 character) noexcept

@cython.locals(tail=str, before=str, initials=str)
cpdef bint ends_sentence(str text) except -1

cpdef bint has_words(str text) except -1

@cython.locals(character=Py_UCS4)
cdef bint _may_lack_spaces(str text) except -1

@cython.locals(mark=str)
cpdef bint has_mark(str text, tuple marks) except -1
