# Types of shapes.py for the compiler; what the code does stands there.
cimport cython
from pipeline.enrich.clean.words cimport has_mark, tokens, units

cdef tuple _CLOCK_MARKS, _MENU_MARKS, _ADDRESS_MARKS, _CONTACT_MARKS

@cython.locals(character=Py_UCS4)
cpdef bint has_digit(str text) except -1

@cython.locals(character=Py_UCS4, count=int)
cpdef int count_digits(str text) except -1

cdef bint _has_date(str text) except -1

cdef bint _may_be_contact(str text) except -1

@cython.locals(head=list)
cdef bint _may_open_byline(str text) except -1

@cython.locals(part=str)
cdef bint _are_names(list parts) except -1

@cython.locals(parts=list, name=str, place=str)
cpdef bint is_byline(str text) except -1
cpdef bint is_date_line(str text) except -1
cpdef bint is_joined_byline(str text) except -1
cpdef bint is_initials(str text) except -1
cpdef bint is_for_subscribers(str text) except -1
cpdef bint is_author_bio(str text) except -1
cpdef bint is_picture_number(str text) except -1
@cython.locals(first=str, found=list)
cpdef bint is_reply_button(str text) except -1
cpdef bint is_remark_head(str text) except -1
cpdef bint is_footnote(str text) except -1
@cython.locals(found=list, count=int, word=str)
cpdef bint is_share_bar(str text) except -1
cpdef bint is_address(str text) except -1
cpdef bint is_named_address(str text) except -1
cpdef bint is_contact(str text) except -1
cpdef bint has_dateline(str text) except -1
@cython.locals(line=str, marks=int)
cpdef bint is_menu(str text) except -1
cpdef bint is_count(str text) except -1
