# Types of lines.py for the compiler; what the code does stands there.
cimport cython
from pipeline.enrich.entities.article cimport Article
from pipeline.enrich.entities.rows cimport mix
from pipeline.enrich.entities.runs cimport Runs

cdef int _LETTER, _UPPER, _STOP, _COLON, _UPPER_LINE, _TITLE_LINE, _SMALL_LINE, _ALL_CAPITALS

@cython.final
cdef class Line:
    cdef readonly int kind, close, size

    @cython.locals(ids="int[::1]", capital="signed char[::1]", signs="signed char[::1]", words=int, capitals=int,
                   uppers=int, i=int, form=int, last=int)
    cdef int _read(self, Article article, int first, int end) except -1

@cython.locals(ids="int[::1]", pieces="int[::1]", lower="unsigned int[::1]", shape="unsigned int[::1]",
               capital="signed char[::1]", runs=Runs, count=int, piece=int, first=int, end=int, line=Line, i=int,
               form=int, run=int)
cpdef int run_rows(Article article, unsigned int[::1] out, int[::1] ends) except -1

@cython.locals(ids="int[::1]", lower="unsigned int[::1]", runs=Runs, head=int, last=int, place=int)
cdef int _in_chain(Article article, int run, unsigned int[::1] out, int count) except -1

@cython.locals(ids="int[::1]", lower="unsigned int[::1]", cluster="int[::1]", runs=Runs, before=int, after=int,
               final=int)
cdef int _joining(Article article, int run, unsigned int word, unsigned int[::1] out, int count) except -1
