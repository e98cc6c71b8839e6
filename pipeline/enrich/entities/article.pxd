# Types of article.py for the compiler; what the code does stands there.
cimport cython
from pipeline.enrich.entities.rows cimport Form, lookup, mix
from pipeline.enrich.entities.runs cimport Runs

cdef unsigned long long _ALL
cdef int _ALONE, _SMALL

@cython.final
cdef class Article:
    cdef readonly int count
    cdef readonly int[::1] ids, pieces, listed, cluster, slots
    cdef readonly signed char[::1] joined, capital, signs
    cdef readonly unsigned int[::1] lower, shape, tail
    cdef readonly Runs runs

    @cython.locals(i=int, form=Form)
    cdef int _read(self, list forms) except -1

@cython.locals(ids="int[::1]", lower="unsigned int[::1]", capital="signed char[::1]", listed="int[::1]", piece=int,
               at=int, end=int, best=int, what=int, key="unsigned long long", length=int, value=int, i=int)
cpdef mark_listed(Article article, const unsigned int[::1] keys, const int[::1] values)

@cython.locals(ids="int[::1]", lower="unsigned int[::1]", shape="unsigned int[::1]", capital="signed char[::1]",
               listed="int[::1]", joined="signed char[::1]", count=int, piece=int, first=int, end=int, i=int, form=int,
               own="unsigned int", before="unsigned int", after="unsigned int", low_before="unsigned int",
               low_after="unsigned int", near_before=int, near_after=int, glued=int, here=int)
cpdef int context_rows(Article article, unsigned int[::1] out, int[::1] ends) except -1

@cython.locals(ids="int[::1]", lower="unsigned int[::1]", capital="signed char[::1]", forms=int, latest="int[::1]",
               earlier="int[::1]", seen="int[::1]", beside="int[::1]", small=set, i=int, form=int, count=int, total=int,
               before=int, after=int, mostly=int)
cpdef int document_rows(Article article, unsigned int[::1] out, int[::1] ends) except -1

@cython.locals(ids="int[::1]", lower="unsigned int[::1]", first=int, side=int, near=int, value="unsigned int")
cdef int _neighbours(Article article, int at, int[::1] earlier, unsigned int[::1] out, int count) except -1

@cython.locals(k=int)
cdef int _new(unsigned int value, int first, unsigned int[::1] out, int count) noexcept

@cython.locals(ids="int[::1]", cluster="int[::1]", runs=Runs, start=int, end=int)
cdef int _around(Article article, int at, int[::1] earlier, unsigned int[::1] out, int count) except -1

@cython.locals(counts="int[::1]", i=int, form=int, best=int, total=int, label=int, number=int, most=int, sure=int)
cpdef codes(Article article, signed char[::1] tags, int[::1] out)

@cython.locals(ids="int[::1]", capital="signed char[::1]", pieces="int[::1]", piece=int, at=int, last=int, tag=int,
               first=int, i=int, form=int)
cpdef longest(Article article, signed char[::1] tags, int[::1] out)

@cython.locals(ids="int[::1]", lower="unsigned int[::1]", shape="unsigned int[::1]", tail="unsigned int[::1]",
               code="int[::1]", held="int[::1]", inside=int, count=int, piece=int, first=int, end=int, i=int, form=int, tag=int, here=int,
               before=int, after=int, tag_before=int, tag_after=int, low_before="unsigned int",
               low_after="unsigned int")
cpdef int second_rows(Article article, signed char[::1] tags, unsigned int[::1] out, int[::1] ends) except -1
