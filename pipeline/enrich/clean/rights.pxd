# Types of rights.py for the compiler; what the code does stands there.
cimport cython

@cython.locals(tail=str)
cdef bint _may_close_with_agency(str low) except -1
cpdef bint is_copyright(str text) except -1
cpdef bint begins_with_copyright(str text) except -1
@cython.locals(low=str, is_named=bint)
cpdef bint is_credit(str text) except -1
cpdef bint has_bracketed_credit(str text) except -1
cpdef bint is_picture_credit(str text) except -1
cpdef bint is_credit_sign(str text) except -1
