# Types of cuts.py for the compiler; what the code does stands there.
cimport cython
from pipeline.enrich.clean.verdicts cimport Verdict

cdef Verdict MARGIN

@cython.locals(text=str, blocks=tuple, count=Py_ssize_t, spans=list, last_kept=Py_ssize_t, i=Py_ssize_t,
               following=Py_ssize_t, tail=bint, verdict=Verdict)
cpdef tuple make_cuts(page, list verdicts)

@cython.locals(first=Py_ssize_t, last=Py_ssize_t, before=Verdict)
cdef _add(list spans, Py_ssize_t start, Py_ssize_t end, Verdict verdict)
