# Types of forms.py for the compiler; what the code does stands there.
cimport cython
from pipeline.enrich.entities.crf cimport add_rows
from pipeline.enrich.entities.rows cimport Form, beside_rows, lookup, own_rows

cdef int _T, _R

@cython.final
cdef class Forms:
    cdef const unsigned int[::1] _keys, _words
    cdef const signed char[::1] _weights
    cdef const int[::1] _clusters
    cdef object _lock
    cdef readonly dict known
    cdef readonly object sums
    cdef readonly int edge

    @cython.locals(found=list, known=dict, form=Form)
    cpdef tuple read(self, list surfaces)

    @cython.locals(form=Form, rows="unsigned int[::1]", ends="int[::1]", sums="short[::1]", own="int[::1]", offset=int,
                   base=Py_ssize_t, tag=int)
    cdef Form _made(self, str surface)
