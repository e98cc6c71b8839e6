# Types of walk.py for the compiler; what the code does stands there.
cimport cython

cdef int _TEXT, _SKIP, _FACT, _ASIDE, _TIME, _LINK, _INLINED, _BLOCK, _MAX_TOKEN, _MAX_VALUE
cdef tuple _NAMING


@cython.locals(found=list, start=Py_ssize_t, end=Py_ssize_t, size=Py_ssize_t, least=Py_ssize_t, letter=Py_UCS4,
               word=str)
cpdef list tokens(str names)

@cython.locals(token=str)
cdef bint _none_in(dict known, tuple tokens) except -1

@cython.locals(seen=dict, merged=list, token=str)
cpdef tuple before(list found, tuple outer, bint repeats)

cpdef str one_line(str text)

@cython.locals(style=str)
cdef bint _is_hidden(dict attributes) except -1

@cython.locals(names=str, name=str, value=str)
cdef str _names(dict attributes)


@cython.final
cdef class _Hints:
    cdef tuple tokens
    cdef bint repeats
    cdef dict inner


@cython.final
cdef class _Element:
    cdef str tag
    cdef str names
    cdef int number, parent, outer, depth
    cdef _Element around
    cdef _Hints hints


@cython.locals(is_hint=bint, key=str, hints=_Hints, found=list)
cdef _Hints _inside(_Hints outer, str tag, str names)

@cython.locals(pending=list, hints=_Hints)
cdef tuple _hints(_Element element)


@cython.final
cdef class Walk:
    cdef bint include_hidden
    cdef readonly list lines
    cdef readonly list blocks
    cdef readonly Py_ssize_t position
    cdef list buffer
    cdef Py_ssize_t link_chars
    cdef int elements
    cdef dict kinds
    cdef readonly list facts
    cdef readonly bint has_template

    cdef int _kind(self, str name) except -1

    @cython.locals(names=str, attributes=dict, inner=_Element)
    cdef _Element _open(self, node, str tag, _Element around)

    @cython.locals(line=str, start=Py_ssize_t, end=Py_ssize_t, links=Py_ssize_t, place=tuple, block=tuple)
    cdef int _flush(self, _Element element) except -1

    @cython.locals(element=_Element, inner=_Element, links=int, following=list, kinds=list, kind=int,
                   tag=str, known=tuple, text=str)
    cpdef run(self, root)
