# Types of refuse.py for the compiler; what the code does stands there.
cimport cython
from pipeline.enrich.clean.lines cimport Line
from pipeline.enrich.clean.verdicts cimport Verdict

@cython.locals(words="long long", prose_words="long long", sentences="long long", chars="long long",
               kept_chars="long long", titles="long long", linked=double, kept_linked=double, size="long long", line=Line,
               verdict=Verdict, passages=list)
cpdef dict measure(lines, verdicts, confidence)

cdef _share(double part, long long whole)

@cython.locals(passages=list, words="long long", line=Line)
cdef list _passages(lines, verdicts)

@cython.locals(line=Line, total="long long")
cdef long long _unlinked(lines) except -1
