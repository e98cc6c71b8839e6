"""Whether a sentence speaks of what has been or of what is to come, seen from one mention: a cheap rule.

The nearest marker before the mention decides; with none, the first behind it. Ways to say neither ('would', 'was due',
'agreed to meet') are markers, too: they hide those farther away.
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

Tense: TypeAlias = Literal["past", "future"]

NEAR = 80  # characters behind the mention in which a future still speaks of it

_TIED = r"(?= (?:to|for|on|in|at|by|from|until|around|next|this|later)\b| ?$)"  # 'scheduled for', not 'scheduled talks'
_PLANNED = (
    rf"(?:(?i:scheduled|slated|expected|planned){_TIED}|(?i:set)(?= to | for )|due(?= on | in | for | by | at | next )"
    r"|due(?= to (?:be|begin|start|open|take|meet|visit|arrive|hold|end|return|play)\b)"
    r"|(?:planning|plans?|going|forecast|(?:is|are) (?:very |most )?likely)(?= to )|supposed)(?: to)?"
)
_IRREGULAR = (
    "was were had did said told went came took made got gave found left held met began became won lost ran saw led "
    "kept sent spent built fell rose grew shot struck paid brought thought sought caught taught wrote spoke broke "
    "chose drove flew knew threw drew hung sank sang stood understood sat slept felt dealt heard sold bought been done "
    "gone taken given seen shown known killed died swore stole fled fought laid put swept slid shook"
).replace(" ", "|")
_NOT_VERBS = "need feed speed seed indeed hundred exceed proceed succeed bleed breed greed naked sacred shed".replace(
    " ", "|"
)
_LEFT = r"(?:[a-z]+ed|held|given|taken|seen|shown|known|done|made|sent|built|paid|sold|told|brought|left|spent)"
_DONE = rf"(?: not| also)?(?: [a-z]+ly)?(?: (?:be|have been)(?: [a-z]+ly)?(?: {_LEFT}\b)?)?"  # will 'be held'
_MARKER = re.compile(
    rf"(?<![\w'-])(?:(?P<unclear>(?:was|were|had|been|be) (?:[a-z]+ly )?{_PLANNED}{_DONE}"
    rf"|(?:his|her|its|their|the|a|of|new|for) plans?(?: to)?|(?:would|could|may|might|can|should|must){_DONE}"
    r"|(?:has|have) to"
    r"|(?:is|are|being) (?:held|given|taken|seen|shown|known|done|made|sent|built|paid|sold|told|brought|left))"
    r"|(?P<infinitive>to(?= (?!the |an? |his |her |its |their |our |my |this |that |these |those |be "
    r"|(?:police|reporters|journalists|media|parliament|lawmakers|hospitals?|court|prison|jail|school)\b)[a-z]))"
    rf"|(?P<future>(?:will|shall|won't){_DONE}|upcoming|forthcoming|{_PLANNED}{_DONE}|to be(?: {_LEFT})?)"
    rf"|(?P<past>{_IRREGULAR}|(?!(?:{_NOT_VERBS})\b)[a-z]{{2,}}ed))(?![\w'])"
    r"|(?P<soon>'ll)\b"
)


def tense(before: str, after: str) -> Tense | None:
    """The tense of the clause between `before` and `after`, the parts of the mention's sentence; None for neither."""
    spoken: Tense | None = None
    ahead = 0  # where the last marker ended, 0 for none
    for match in _MARKER.finditer(before.replace("’", "'")):
        is_tied = spoken == "past" and match.start() - ahead <= 1  # 'began to be held', not 'a vote to be held'
        if match["infinitive"] or (match[0].startswith("to be") and is_tied):
            spoken = "future" if spoken == "future" else None  # 'will be free to go', but 'agreed to go'
        else:
            spoken = None if match["unclear"] else "past" if match["past"] else "future"
        ahead = match.end()
    if ahead:
        return spoken
    found = _MARKER.search(after.replace("’", "'"))
    if found is None or found["unclear"] or found["infinitive"]:
        return None
    return "past" if found["past"] else "future" if found.start() < NEAR else None
