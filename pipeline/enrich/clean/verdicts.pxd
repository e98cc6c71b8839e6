# Types of verdicts.py for the compiler; what the code does stands there.
cimport cython
from pipeline.enrich.clean.lines cimport Line

cpdef strict(Line line)
cpdef opener(Line line)
cpdef named(Line line, str where, beside=*)
cpdef loose(Line line, str where, beside=*)
cdef _shaped(Line line, str where)
cdef _said_later(Line line)
