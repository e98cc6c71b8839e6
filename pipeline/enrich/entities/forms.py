# cython: boundscheck=False, wraparound=False, initializedcheck=False
"""The cache of surface forms: what a form says for its own token and the two on either side, summed once a form.

Plain Python that is compiled where a compiler is: forms.pxd gives the types.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from threading import Lock

from pipeline.enrich.entities.crf import REACH, TAGS, add_rows
from pipeline.enrich.entities.rows import Form, beside_rows, lookup, own_rows

ROOM = 24_000  # forms; more than an article has, and 4.6 MB of sums
_EDGE = "\n"  # the form that stands beyond a piece: no token is one
_T, _R = TAGS, REACH


class Forms:
    """Forms by surface, and their sums: `sums[(slot * REACH + offset + 2) * TAGS + tag]`. When full, it begins anew."""

    def __init__(
        self, keys: Sequence[int], weights: Sequence[int], words: Sequence[int], clusters: Sequence[int]
    ) -> None:
        self._keys, self._weights = keys, weights
        self._words, self._clusters = words, clusters
        self._lock = Lock()
        self._clear()

    def _clear(self) -> None:
        self.known: dict[str, Form] = {}
        self.sums: array[int] = array("h", bytes(2 * ROOM * REACH * TAGS))
        self.edge = self._made(_EDGE).slot

    def read(self, surfaces: list[str]) -> tuple[list[Form], array[int]]:
        """The forms of at most ROOM - 1 surfaces, and the sums that their slots point into."""
        with self._lock:
            if len(self.known) + len(surfaces) > ROOM:
                self._clear()
            found = []
            known = self.known
            for surface in surfaces:
                form = known.get(surface)
                found.append(form if form is not None else self._made(surface))
            return found, self.sums

    def _made(self, surface: str) -> Form:
        form = Form(surface)
        form.cluster = lookup(self._words, self._clusters, form.lower)
        form.slot = len(self.known)
        rows, ends, sums = array("I", bytes(4 * 64)), array("i", [0]), self.sums
        for offset in range(_R):
            ends[0] = own_rows(form, rows) if offset == 2 else beside_rows(form, offset - 2, rows)
            own = array("i", bytes(4 * _T))
            add_rows(self._keys, self._weights, rows, ends, 1, own)
            base = (form.slot * _R + offset) * _T
            for tag in range(_T):
                sums[base + tag] = own[tag]
        self.known[surface] = form
        return form
