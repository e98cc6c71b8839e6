# Types of context.py for the compiler; what the code does stands there.
cimport cython

from pipeline.enrich.clean.lines cimport Line
from pipeline.enrich.clean.verdicts cimport Verdict, opener

cdef int FAR, USUAL, LONGEST, _W, _AT
cdef object ADVERT, BYLINE, CAPTION, COMMENT_FORM, COMMENTS, HEADLINE, LABEL, NEWSLETTER, PAYWALL_NOTICE, RELATED
cdef object SHARE_BAR, TAGS
cdef dict _CLOSES
cdef list _LOG
cdef str QUOTES


cpdef fill_context(int[::1] rows, list lines, list given, list dense, list ruled)

cdef int _group(object kind) except -1

@cython.locals(kind=int, cuts=int, far=int, related=int, at=int, i=Py_ssize_t, line=Line, verdict=Verdict)
cdef int _above(int[::1] rows, list lines, list given) except -1

@cython.locals(kind=int, cuts=int, far=int, at=int, i=Py_ssize_t, verdict=Verdict)
cdef int _below(int[::1] rows, list given) except -1

@cython.locals(sign=str)
cdef int _close(str text) except -1

@cython.locals(sign=str)
cdef int _opening(str text) except -1

@cython.locals(count=int, first=int, last=int, words=int, in_dense=int, in_ruled=int, prose=int, paragraphs=int,
               mean=int, dense_share=int, ruled_share=int, at=int, i=int, line=Line)
cdef int _regions(int[::1] rows, list lines, list dense, list ruled) except -1

@cython.locals(start=int, i=int, line=Line)
cdef int _runs(int[::1] rows, list lines, list given) except -1

@cython.locals(i=int)
cdef int _run(int[::1] rows, int start, int end) except -1
