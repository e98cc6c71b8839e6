# Types of body.py for the compiler; what the code does stands there.
cimport cython
from pipeline.enrich.clean cimport shapes
from pipeline.enrich.clean.lines cimport Line
from pipeline.enrich.clean.phrases cimport Phrase
from pipeline.enrich.clean.region cimport closing, densest
from pipeline.enrich.clean.verdicts cimport Verdict, loose, opener, strict

@cython.locals(verdicts=list, section=Verdict, verdict=Verdict, left=int, is_inside=bint, is_heading=bint, line=Line,
               i=Py_ssize_t)
cpdef list strict_verdicts(lines)

@cython.locals(services=list, line=Line, i=Py_ssize_t)
cdef _name_runs(lines, list verdicts)

@cython.locals(phrase=Phrase)
cdef bint _names_service(Line line) except -1

@cython.locals(phrase=Phrase)
cdef bint _says_more(Line line) except -1

@cython.locals(line=Line)
cdef bint _is_close(Line line) except -1
