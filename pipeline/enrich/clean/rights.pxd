# Types of rights.py for the compiler; what the code does stands there.
cimport cython
from pipeline.enrich.clean.words cimport has_mark, units

cdef tuple _RIGHTS_NAMES, _AGENCIES, _CREDIT_NAMES, _AGENCY_ENDS, _OPENERS, _CREDIT_BRACKETS, _CLOSERS
cdef str _SIGNS, _ODD_CASED

@cython.locals(tail=str)
cdef bint _may_close_with_agency(str text) except -1
@cython.locals(part=str)
cdef bint _may_name_picture(str text) except -1
cpdef bint is_copyright(str text) except -1
cpdef bint begins_with_copyright(str text) except -1
@cython.locals(is_named=bint, is_bracketed=bint)
cpdef bint is_credit(str text) except -1
cpdef bint has_bracketed_credit(str text) except -1
cpdef bint is_picture_credit(str text) except -1
cpdef bint is_credit_sign(str text) except -1
