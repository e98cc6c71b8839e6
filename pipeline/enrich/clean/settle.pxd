# Types of settle.py for the compiler; what the code does stands there.
cimport cython
from pipeline.enrich.clean.lines cimport Line
from pipeline.enrich.clean.markup cimport Markup
from pipeline.enrich.clean cimport shapes
from pipeline.enrich.clean.verdicts cimport Verdict

cdef object BYLINE, CAPTION, COMMENT_FORM, COMMENTS, COPYRIGHT, HEADLINE, LABEL, NAVIGATION, OTHER, RELATED
cdef object TAGS
cdef int WINDOW, ENTRY, TITLE, LONG_TITLE, FEW, LONG_LIST
cdef double TEASERS
cdef frozenset OWN, LISTED, ENDS_TAIL, SURE_HEADLINE, SURE, TAGGED, DATED, REPLIES
cdef Verdict AMONG_REPLIES, AMONG_TITLES, AMONG_ENTRIES, ADDRESS
cdef tuple WEAK, BESIDE

@cython.locals(start=int, end=int, near=int, far=int, first=int, i=int, low=int, high=int, line=Line, verdict=Verdict, menus=frozenset,
               titles=list, listed=list, replies=list, share=double)
cpdef settle(lines, kept, list verdicts, Markup markup)

@cython.locals(title=int, one=int, reply=int, i=int, line=Line, verdict=Verdict, titles=list, listed=list, replies=list)
cdef tuple _counted(lines, verdicts, int start, int end, int first, frozenset menus, Markup markup)

cdef bint _is_listed(Line line, Verdict before, double share, bint below) except -1
cdef bint _is_reply(Line line) except -1
cdef bint _is_remark(Line line, Verdict verdict) except -1
@cython.locals(line=Line, found=list, entries=list, i=Py_ssize_t)
cdef frozenset _long_lists(lines, int start, int end)
@cython.locals(shortest=int, marked=Verdict)
cdef bint _is_title(Line line, Verdict verdict, Markup markup) except -1
cdef bint _is_open(Line line, Verdict verdict, bint near, bint above) except -1
@cython.locals(marked=Verdict)
cdef Verdict _settled(Line line, Verdict verdict, double share, Markup markup)
