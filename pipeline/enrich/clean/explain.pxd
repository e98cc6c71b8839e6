# Types of explain.py for the compiler; what the code does stands there.
cimport cython
from pipeline.enrich.clean.lines cimport Line
from pipeline.enrich.clean.markup cimport Markup
from pipeline.enrich.clean.place cimport Place

@cython.locals(verdicts=list, markup=Markup, place=Place, i=Py_ssize_t, line=Line)
cpdef list explain(lines, kept, given, title)

cdef _explain_one(Line line, given, Place place, Markup markup)
cdef _said(Line line, given, Place place)
cdef _special(Line line, found, marked, widget, Place place)
cdef bint _is_overruled(Line line, found, marked) except -1
@cython.locals(alike=double)
cdef _headline(Line line, Place place)
cdef _beside(section)
cdef bint _stays(Line line, found, marked, section, bint heading) except -1
cdef bint _belongs(Line line, section) except -1
@cython.locals(where=str)
cdef _by_place(Line line, Place place)
cdef list _with_headline(list verdicts, Py_ssize_t first)
