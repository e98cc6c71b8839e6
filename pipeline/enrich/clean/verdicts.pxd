# Types of verdicts.py for the compiler; what the code does stands there.
cimport cython
from pipeline.enrich.clean cimport phrases, rights, shapes, words
from pipeline.enrich.clean.lines cimport Line
from pipeline.enrich.clean.phrases cimport Phrase

cdef object BYLINE, CAPTION, COPYRIGHT, LABEL, NAVIGATION, OTHER, PAYWALL_NOTICE, SHARE_BAR
cdef int MAX_INVITATION
cdef tuple _STOPS


@cython.no_gc  # no cycle can be made of them
@cython.final
cdef class Verdict:
    cdef readonly object kind
    cdef readonly str rule
    cdef readonly double confidence


cdef Verdict _PICTURE_CREDIT, _COPYRIGHT_SIGN, _BRACKETED_CREDIT, _BYLINE_BEFORE_DATE, _SEPARATOR, _SHARE_NAMES
cdef Verdict _NAMED_ADDRESS, _BYLINE_SHAPE, _DATE_LINE, _INITIALS, _FOR_SUBSCRIBERS, _PICTURE_NUMBER, _CREDIT_SHAPE
cdef Verdict _MENU_SHAPE, _ADDRESS_ABOVE, _ADDRESS

cpdef Verdict of_phrase(Phrase phrase, double confidence)
@cython.locals(phrase=Phrase)
cpdef Verdict strict(Line line)
@cython.locals(phrase=Phrase)
cpdef opener(Line line)
@cython.locals(phrase=Phrase, best=Phrase)
cpdef Verdict named(Line line, str where, beside=*)
@cython.locals(is_label=bint)
cdef tuple _rank(Phrase phrase, str where, beside)
@cython.locals(found=Verdict, said=Verdict)
cpdef Verdict loose(Line line, str where, beside=*)
cdef Verdict _shaped(Line line, str where)
@cython.locals(part=str, phrase=Phrase)
cdef Verdict _said_later(Line line)
