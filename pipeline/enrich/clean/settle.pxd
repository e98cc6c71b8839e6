# Types of settle.py for the compiler; what the code does stands there.
cimport cython
from pipeline.enrich.clean.lines cimport Line
from pipeline.enrich.clean.markup cimport Markup

@cython.locals(start=int, end=int, near=int, far=int, first=int, i=int, low=int, high=int, line=Line, menus=frozenset,
               titles=list, listed=list, replies=list, share=double)
cpdef settle(lines, kept, list verdicts, Markup markup)

@cython.locals(title=int, one=int, reply=int, i=int, line=Line, titles=list, listed=list, replies=list)
cdef tuple _counted(lines, verdicts, int start, int end, int first, frozenset menus, Markup markup)

cdef bint _is_listed(Line line, before, double share, bint below) except -1
cdef bint _is_reply(Line line) except -1
cdef bint _is_remark(Line line, verdict) except -1
@cython.locals(line=Line, found=list, entries=list, i=Py_ssize_t)
cdef frozenset _long_lists(lines, int start, int end)
cdef bint _is_title(Line line, verdict, Markup markup) except -1
cdef bint _is_open(Line line, verdict, bint near, bint above) except -1
cdef _settled(Line line, verdict, double share, Markup markup)
