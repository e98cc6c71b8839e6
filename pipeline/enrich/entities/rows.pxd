# Types of rows.py for the compiler; what the code does stands there.
cimport cython

cdef int _LETTER, _UPPER, _JOINS, _STOP, _COLON
cdef object _JOINING
cdef unsigned long long _ALL, _ONE, _OTHER, _TEMPLATE, _BASIS

@cython.locals(value="unsigned long long")
cpdef unsigned int mix(unsigned long long template, unsigned long long one, unsigned long long other) noexcept

@cython.locals(value="unsigned long long", i=Py_ssize_t)
cpdef unsigned int text_hash(str text, Py_ssize_t start, Py_ssize_t end) except? 0

cdef int _kind(Py_UCS4 letter) noexcept

@cython.locals(value="unsigned long long", before=int, run=int, kind=int, i=Py_ssize_t)
cpdef unsigned int shape_hash(str text) except? 0

@cython.locals(found=int)
cdef int _signs(str surface, str low) except -1

@cython.final
cdef class Form:
    cdef readonly str surface, low
    cdef readonly unsigned int lower, shape, head, tail
    cdef public int cluster, slot
    cdef readonly int capital, signs

@cython.locals(low=str, size=Py_ssize_t, shape="unsigned int", count=int, length=int)
cpdef int own_rows(Form form, unsigned int[::1] out) except -1

@cython.locals(base=int, count=int)
cpdef int beside_rows(Form form, int offset, unsigned int[::1] out) except -1

@cython.locals(size="unsigned long long", at="unsigned long long")
cpdef int lookup(const unsigned int[::1] keys, const int[::1] values, unsigned int key) noexcept
