# Types of region.py for the compiler; what the code does stands there.
cimport cython
from pipeline.enrich.clean.lines cimport Line
from pipeline.enrich.clean.verdicts cimport Verdict, opener

cdef object ADVERT, COMMENT_FORM, COMMENTS, NEWSLETTER, RELATED
cdef double SHORT_LINE, SHORT_SENTENCE, CUT_LINE, BOX_LINE, FURNITURE_SHARE
cdef int FREE_WORDS, MAX_WORDS
cdef frozenset FURNITURE

@cython.locals(words=int)
cpdef double score(Line line, Verdict verdict, bint is_late=*) except? -1

@cython.locals(words="long long", line=Line)
cdef long long _prose_words(lines) except -1

@cython.locals(total="long long", above="long long", i=Py_ssize_t, line=Line, verdict=Verdict)
cpdef Py_ssize_t closing(lines, verdicts) except -1

@cython.locals(best=double, total=double, start=Py_ssize_t, above="long long", prose="long long", i=Py_ssize_t, line=Line)
cpdef tuple densest(lines, verdicts)
