"""What boilerplate says, from phrases.txt: which kind of cut a line's words mark, and how sure that is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pipeline.reasons import CutKind

_LOOKED_AT = 200  # characters of a line
_MOST_WORDS = 14
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|\d+|[^\W\d_]+|:")


@dataclass(frozen=True, slots=True)
class Phrase:
    """`open`: the line may go on; `common`: no mark inside a body; `section`: what follows belongs to it."""

    kind: CutKind
    open: bool
    common: bool
    section: bool


def words(text: str) -> list[str]:
    """Case-folded words of the first characters, digits as #, a colon as a word of its own."""
    folded = text[:_LOOKED_AT].casefold().replace("：", ":")
    return ["#" if word[0].isdigit() else word for word in _WORD.findall(folded)]


def match(line: str) -> tuple[Phrase, bool] | None:
    """The longest phrase that the line begins with, and whether it is the whole line."""
    told = words(line)
    table = _phrases()
    for length in range(min(len(told), _MOST_WORDS), 0, -1):
        phrase = table.get(" ".join(told[:length]))
        if phrase is not None and (phrase.open or length == len(told)):
            return phrase, length == len(told)
    return None


@cache
def _phrases() -> dict[str, Phrase]:
    table: dict[str, Phrase] = {}
    kind = CutKind.OTHER
    for line in files(__package__).joinpath("phrases.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            kind = CutKind(line.strip("[]"))
        elif line and not line.startswith("# "):
            body = line.lstrip("~>")
            marks = line[: len(line) - len(body)]
            text = body.removesuffix("...").replace("#", "0")
            key = words(text)
            common = "~" in marks or (body.endswith("...") and len(key) == 1)
            table.setdefault(" ".join(key), Phrase(kind, body.endswith("..."), common, ">" in marks))
    return table
