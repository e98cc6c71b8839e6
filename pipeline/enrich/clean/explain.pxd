# Types of explain.py for the compiler; what the code does stands there.
cimport cython
from pipeline.enrich.clean.lines cimport Line
from pipeline.enrich.clean.markup cimport Markup
from pipeline.enrich.clean.place cimport Place
from pipeline.enrich.clean cimport copies, rights, shapes
from pipeline.enrich.clean.phrases cimport Phrase
from pipeline.enrich.clean.settle cimport settle
from pipeline.enrich.clean.verdicts cimport Verdict, loose, named, opener

cdef object BYLINE, CAPTION, COMMENT_FORM, COMMENTS, COOKIE_NOTICE, COPYRIGHT, HEADLINE, LABEL, NAVIGATION
cdef object NEWSLETTER, OTHER, PAYWALL_NOTICE, RELATED, SHARE_BAR, TAGS
cdef int LABEL_WORDS, NEAR_BODY, SECTION_PROSE, HEADING, FAR_HEADLINE, MENU, SHORT
cdef double FIRM
cdef frozenset INVITED, REPLIED, COUNTED, READERS, BEFORE_FORMS, MARKED, BUTTONS, HEADINGS, LEGAL
cdef Verdict STANDFIRST
cdef dict IN_SECTION, BESIDE

@cython.locals(verdicts=list, markup=Markup, place=Place, i=Py_ssize_t, line=Line, verdict=Verdict)
cpdef list explain(lines, kept, given, title)

@cython.locals(headline=Verdict, found=Verdict, marked=Verdict, widget=Verdict, special=Verdict)
cdef Verdict _explain_one(Line line, Verdict given, Place place, Markup markup)
@cython.locals(found=Verdict, phrase=Phrase)
cdef Verdict _said(Line line, Verdict given, Place place)
@cython.locals(is_entry=bint, is_button=bint, is_plain=bint)
cdef Verdict _special(Line line, Verdict found, Verdict marked, Verdict widget, Place place)
cdef bint _is_overruled(Line line, Verdict found, marked) except -1
@cython.locals(alike=double)
cdef Verdict _headline(Line line, Place place)
@cython.locals(phrase=Phrase)
cdef bint _stays(Line line, Verdict found, Verdict marked, section, bint heading) except -1
cdef bint _belongs(Line line, section) except -1
@cython.locals(where=str, before=Verdict, is_label=bint)
cdef Verdict _by_place(Line line, Place place)
cdef list _with_headline(list verdicts, Py_ssize_t first)
