"""Dead letters as they are read: what each says, which of them are meant, and what they are together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from pipeline.enrich.decode import decode
from pipeline.enrich.identity import site
from pipeline.records import Limits, RawArticle
from pipeline.settings import Settings
from pipeline.stream.letters import CONNECT, FIRST_ORIGIN, VERSION
from pipeline.stream.messages import Consumed
from pipeline.stream.reading import read

_HOST_CHARS = 253


@dataclass(frozen=True)
class Letter:
    """A dead letter where it lies. What its headers do not say is empty."""

    record: Consumed

    @cached_property
    def told(self) -> Mapping[str, str]:
        """Its headers as text; of several with one name the last, which is ours."""
        return {name: (value or b"").decode("utf-8", "backslashreplace") for name, value in self.record.headers}

    @property
    def place(self) -> str:
        """Partition and offset in the dead-letter topic, 'partition/offset'."""
        return f"{self.record.partition}/{self.record.offset}"

    @property
    def reason(self) -> str:
        """A DeadReason, unless somebody else wrote the letter."""
        return self.told.get("reason", "")

    @property
    def version(self) -> str:
        """Of the pipeline that gave up."""
        return self.told.get(VERSION, "")

    @property
    def detail(self) -> str:
        """What the step that gave up said."""
        return self.told.get(f"{CONNECT}exception.message", "")

    @property
    def topic(self) -> str:
        """Where the record lay that died."""
        return self.told.get(f"{CONNECT}topic", "")

    @property
    def attempt(self) -> int:
        """How often the record had been tried."""
        told = self.told.get("attempt", "")
        return int(told) if told.isascii() and told.isdigit() and len(told) < 6 else 1

    @property
    def first_origin(self) -> str:
        """Where the record lay when it was new, 'topic/partition/offset'."""
        return self.told.get(FIRST_ORIGIN) or self.told.get("origin", "")

    @cached_property
    def site(self) -> str:
        """The site's host: the key, as `articles feed` writes it, else from the record's URL; empty when unknown."""
        key = (self.record.key or b"").decode("utf-8", "replace")
        if 0 < len(key) <= _HOST_CHARS and "." in key and " " not in key:
            return key
        raw = decode(self.record.value, self.record.headers, Limits())
        return (site(raw.url) if isinstance(raw, RawArticle) else None) or ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which letters are meant; what is empty or None excludes none. Times in milliseconds since 1970, `until` not
    included; ranges are partition, first and last offset."""

    reasons: frozenset[str] = frozenset()
    sites: frozenset[str] = frozenset()
    versions: frozenset[str] = frozenset()
    since: int | None = None
    until: int | None = None
    ranges: tuple[tuple[int, int, int], ...] = ()

    def __contains__(self, letter: Letter) -> bool:
        record, sent = letter.record, letter.record.timestamp or 0
        return (
            (not self.reasons or letter.reason in self.reasons)
            and (not self.versions or letter.version in self.versions)
            and (self.since is None or sent >= self.since)
            and (self.until is None or sent < self.until)
            and (not self.ranges or any(p == record.partition and a <= record.offset <= b for p, a, b in self.ranges))
            and (not self.sites or letter.site in self.sites)
        )


def letters(settings: Settings, chosen: Chosen) -> Iterator[Letter]:
    """The chosen letters that are there now, partition by partition in order. Raises KafkaException."""
    return (letter for record in read(settings, settings.topics.dead) if (letter := Letter(record)) in chosen)


@dataclass(slots=True)
class Summary:
    """Letters counted; `first` and `last` are times of sending, milliseconds since 1970."""

    letters: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    sites: Counter[str] = field(default_factory=Counter)
    versions: Counter[str] = field(default_factory=Counter)
    first: int | None = None
    last: int | None = None

    def add(self, letter: Letter) -> None:
        """Counts one."""
        self.letters += 1
        self.reasons[letter.reason] += 1
        self.sites[letter.site] += 1
        self.versions[letter.version] += 1
        if (sent := letter.record.timestamp) is not None:
            self.first, self.last = min(self.first or sent, sent), max(self.last or sent, sent)


def summary(found: Iterable[Letter]) -> Summary:
    """All letters counted."""
    counted = Summary()
    for letter in found:
        counted.add(letter)
    return counted
