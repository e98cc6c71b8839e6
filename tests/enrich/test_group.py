"""Grouping: which mentions are one entity, how it is called, and what holds for any mentions."""

from __future__ import annotations

from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.enrich.entities.group import group
from pipeline.enrich.entities.names import read
from pipeline.enrich.entities.overrides import NONE, Overrides, parse
from pipeline.records import Entity, Label, Mention
from quality.linking.corpus import documents
from quality.linking.score import b_cubed, exact, grouped, rates
from tests.counting import calls

LENGTH = 10_000
SHORT: dict[str, Label] = {
    "P": "Person", "O": "Organization", "L": "Location", "N": "NORP", "M": "Misc", "D": "Date", "$": "Money"
}  # fmt: skip
WORDS = (
    "Ana Anna Bo Test Gruber Gruber's GRUBER Mr President Jr. J. van der U.S. US UN EU WHO the The of Bank Ü é ' - ,"
)
WORDS += " Smith-Jones Russians Russian Ltd. Foundation Graz, Styria 1 \ud800 \0 \u0301 日本 Pope St. NASA"
NAMES = st.one_of(
    st.lists(st.sampled_from(WORDS.split()), min_size=1, max_size=4).map(" ".join), st.text(min_size=1, max_size=8)
)
NEWS = (
    ["P Sergey Lavrov", "P Mr Lavrov", "O Lavrov", "P Ana Test", "P Bo Test", "P Test", "P Xi Jinping", "P Xi"]
    + ["O World Health Organization", "O WHO", "L EU", "O European Union", "L the U.S.", "N US", "L Graz"]
    + ["L Graz, Styria", "N Russians", "N Russian", "O Union of Graz Bakers", "M UGB", "O Gruber Foundation"]
    + ["O the Foundation", "O Gruber", "D May 2021", "D May", "$ $5", "L Western Europe", "L Europe"]
)
RULES = """
[[merge]]
names = ["Gruber", "Test"]
name = "Ana Test"
[[split]]
names = ["Anna Gruber", "Bo"]
[[stop]]
names = ["UN", "Smith-Jones"]
"""


def mentions(*said: str, gap: int = 9, sure: float = 0.5) -> list[Mention]:
    """Mentions written as label and name: `P Anna Gruber`; each `gap` code points after the one before."""
    out, at = [], 0
    for one in said:
        text = one[2:]
        out.append(Mention(at, at + len(text), SHORT[one[0]], text, sure))
        at += len(text) + gap
    return out


def numbers(*said: str, gap: int = 9, sure: float = 0.5) -> list[int | None]:
    """The index of the entity of each mention."""
    return [mention.entity for mention in group(mentions(*said, gap=gap, sure=sure), LENGTH)[0]]


@st.composite
def any_mentions(draw: st.DrawFn) -> list[Mention]:
    """Mentions in order and apart, of any label and confidence, often of names that could be one."""
    out, at = [], 0
    for text in draw(st.lists(NAMES, max_size=25)):
        at += draw(st.integers(0, 3))
        out.append(Mention(at, at + len(text), draw(st.sampled_from(get_args(Label))), text, draw(st.floats(0, 1))))
        at += len(text)
    return out


@settings(deadline=None)
@given(any_mentions(), st.sampled_from((NONE, parse(RULES).everywhere)))
def test_any_mentions(given_: list[Mention], overrides: Overrides) -> None:
    """Mentions keep all but label and entity, entities are in order of first mention, counts sum up, ids differ."""
    found, entities = group(given_, LENGTH, overrides)
    kept = [m for m in given_ if (m.label, read(m.text, m.label).key) not in overrides.stops]
    assert [(m.start, m.end, m.text, m.confidence) for m in kept] == [
        (m.start, m.end, m.text, m.confidence) for m in found
    ]
    indexes = [m.entity for m in found]
    assert list(range(len(entities))) == list(dict.fromkeys(indexes))
    for index, entity in enumerate(entities):
        own = [m for m in found if m.entity == index]
        assert {entity.label} == {m.label for m in own}
        assert (len(own), round(max(m.confidence for m in own), 4)) == (entity.count, entity.confidence)
        assert f"{entity.label}:{entity.name.casefold()}" == entity.id
        assert entity.name.strip() or not own[0].text.strip()
        assert 0 <= entity.salience <= 1
    assert len({entity.id for entity in entities}) == len(entities)


@settings(deadline=None)
@given(any_mentions())
def test_dates_and_money_are_one_by_equal_text_only(given_: list[Mention]) -> None:
    """Their entities hold mentions of one text each, white space and case apart, and of no other label."""
    found, entities = group(given_, LENGTH)
    for before, after in zip(given_, found, strict=True):
        assert (before.label in ("Date", "Money")) == (after.label in ("Date", "Money"))
    for index, entity in enumerate(entities):
        if entity.label in ("Date", "Money"):
            texts = {" ".join(m.text.split()).casefold() or "?" for m in found if m.entity == index}
            assert {entity.name.casefold()} == texts


@settings(deadline=None)
@given(st.lists(st.sampled_from(NEWS), max_size=30))
def test_grouping_twice_changes_nothing(said: list[str]) -> None:
    """What is grouped and has its labels corrected stays as it is."""
    once = group(mentions(*said), LENGTH)
    assert once == group(once[0], LENGTH)


@settings(deadline=None)
@given(any_mentions(), any_mentions())
def test_grouping_holds_no_state(given_: list[Mention], other: list[Mention]) -> None:
    """The same mentions give the same, whatever was grouped in between, and are not changed themselves."""
    before, copy = group(given_, LENGTH), list(given_)
    group(other, LENGTH)
    assert before == group(given_, LENGTH)
    assert copy == given_


@pytest.mark.parametrize(
    "said",
    [
        ("P Sergey Lavrov", "P Lavrov", "P Mr Lavrov", "P Foreign Minister Lavrov", "P S. Lavrov", "P Lavrov's"),
        ("P Lavrov", "P Sergey Viktorovich Lavrov", "P Sergey Lavrov", "P Sergey"),
        ("P Xi Jinping", "P Xi"),
        ("P Luiz Inácio Lula da Silva", "P Lula", "P LULA", "P Luiz Inacio Lula da Silva"),
        ("P Pope Francis", "P Francis"),
        ("P Rob Testwell", "P Robert Testwell"),
        ("O World Health Organization", "O WHO", "O the World Health Organisation’s"),
        ("O Union of Graz Bakers", "O UGB", "O the UGB's"),
        ("O European Union", "O EU", "L EU"),
        ("O U.N.", "O UN", "O the United Nations"),
        ("L US", "L the U.S.", "L United States", "L America", "L the United States of America"),
        ("O U.S. Supreme Court", "O US Supreme Court", "O United States Supreme Court"),
        ("O Gruber Foundation", "O Gruber", "O the Foundation"),
        ("O Gruber & Test Ltd.", "O Gruber and Test"),
        ("N Russian", "N Russians"),
        ("L Graz", "L GRAZ", "L Graz, Styria"),
        ("L São Tomé", "L Sao Tome"),
        ("M Al-Test Prize", "M Al Test Prize"),
        ("D May 2021", "D may 2021"),
    ],
    ids=lambda said: said[0][2:],
)
def test_names_of_one_thing(said: tuple[str, ...]) -> None:
    """Titles, parts of a name, initials, acronyms, articles, possessives, case, marks and hyphens make no entity."""
    assert {0} == set(numbers(*said))


@pytest.mark.parametrize(
    "said",
    [
        ("P Ana Test", "P Bo Test", "P Test"),
        ("P Bo Test", "P Bo Test Jr."),
        ("P Ana Test", "P Ana Gruber", "P Ana"),
        ("L Western Europe", "L Europe"),
        ("O European Union", "O the bloc"),
        ("L Ann", "P Ana Test"),
        ("O Union of Graz Bakers", "O United Graz Banks", "O UGB"),
        ("P Ursula Gertrud Berger", "O UGB"),
        ("O Bank of Styria", "O Styria"),
        ("O the Foundation", "O Gruber Foundation"),
        ("L Graz, Styria", "L Graz, Ohio", "L Graz"),
        ("P who", "O WHO"),
        ("D May", "D May 2021", "D 2021"),
        ("$ $5", "$ $5 million"),
        ("P President", "P Vice President"),
    ],
    ids=lambda said: said[-1][2:],
)
def test_names_of_different_things(said: tuple[str, ...]) -> None:
    """Two candidates are none, a part of a place is another place, what is no name is not guessed."""
    assert list(range(len(said))) == numbers(*said)


def test_a_body_is_named_without_its_place() -> None:
    """`The Supreme Court` is that of the one place named with it, where the article knows the place."""
    assert numbers("L Styria", "O Styria Supreme Court", "O the Supreme Court") == [0, 1, 1]
    assert numbers("P Styria", "O Styria Supreme Court", "O the Supreme Court") == [0, 1, 2]


def test_brackets_explain_an_acronym() -> None:
    """In brackets right behind a name letters in order are enough; elsewhere they are not."""
    said = ("O Confederation of Test Industry", "O CONTI")
    assert numbers(*said, gap=2) == [0, 0]
    assert numbers(*said) == [0, 1]


def test_a_wrong_label_is_corrected() -> None:
    """A label that the tagger is unsure of gives way to another, to a title's, or to that of a person's last name."""
    for said in (
        ("P Lavrov", "P Lavrov", "O Lavrov"),
        ("P Sergey Lavrov", "O Lavrov"),
        ("P Mr Lavrov", "O Lavrov", "O Lavrov"),
    ):
        found, entities = group(mentions(*said), LENGTH)
        assert {"Person"} == {mention.label for mention in found}
        assert len(entities) == 1
    assert numbers("P Sergey Lavrov", "O Lavrov", sure=0.99) == [0, 1]
    assert numbers("P Jordan", "L Jordan", sure=0.99) == [0, 1]
    assert numbers("P Bo Graz", "L Graz", sure=0.85) == [0, 1]
    assert numbers("P Bo Graz", "M Graz", sure=0.85) == [0, 0]


def test_two_persons_of_one_label_do_not_take_a_place() -> None:
    """A last name of two persons that is tagged as a place stays a place."""
    assert numbers("P Ana Graz", "P Bo Graz", "L Graz") == [0, 1, 2]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (("P Mr Lavrov", "P Sergey Lavrov", "P Lavrov", "P Lavrov"), Entity("", "Person", "Sergey Lavrov", 4, 0, 0)),
        (("O ACME", "O Acme's", "O Acme"), Entity("", "Organization", "Acme", 3, 0, 0)),
        (("L the U.S.",), Entity("", "Location", "United States", 1, 0, 0)),
        (("O WHO",), Entity("", "Organization", "World Health Organization", 1, 0, 0)),
        (("P Francis", "P Pope Francis"), Entity("", "Person", "Pope Francis", 2, 0, 0)),
        (("P Prime Minister Bo Test",), Entity("", "Person", "Bo Test", 1, 0, 0)),
        (("N Russians", "N Russian"), Entity("", "NORP", "Russian", 2, 0, 0)),
        (("O UGB", "O Union of Graz Bakers"), Entity("", "Organization", "Union of Graz Bakers", 2, 0, 0)),
    ],
    ids=lambda value: value[0][2:] if isinstance(value, tuple) else "",
)
def test_how_an_entity_is_called(said: tuple[str, ...], expected: Entity) -> None:
    """Persons by the fullest form without titles, else the most frequent form; what all know by its full name."""
    [entity] = group(mentions(*said), LENGTH)[1]
    assert (expected.label, expected.name, expected.count) == (entity.label, entity.name, entity.count)


def test_salience_is_share_and_place() -> None:
    """What an article is about comes early and often: more than what it names once, and than what comes last."""
    _, [about, once, last] = group(mentions("O Acme", "L Graz", "O Acme", "P Bo"), 50)
    assert about.salience > once.salience > last.salience
    assert about.salience == 0.75


def test_work_grows_with_mentions_only() -> None:
    """Four times the names, all different or all alike, cost about four times as much."""
    for said in ("P A{} Smith", "O Acme{} Foundation", "P Smith{} B{}", "O AB{}", "L Graz, Styria{}", "N Russian{}s"):
        some = mentions(*(said.format(n, n) for n in range(300)))
        many = mentions(*(said.format(n, n) for n in range(1200)))
        assert calls(group, many, LENGTH) < 5 * calls(group, some, LENGTH)


@pytest.mark.data
def test_linked_names() -> None:
    """On the linked corpus B-cubed F1 holds well above that of equal strings, at the same precision."""
    rows = documents()
    ours = rates([b_cubed(row.entities, grouped(row)) for row in rows])
    theirs = rates([b_cubed(row.entities, exact(row)) for row in rows])
    assert ours[0] > theirs[0] - 0.005
    assert ours[2] > 0.958  # 0.965 measured; equal strings 0.904


def test_b_cubed_by_hand() -> None:
    """Four mentions of two things found as one and three: the sums of the definition."""
    precision, recall, count = b_cubed("aabb", "xyyy")
    assert (pytest.approx(1 + 1 / 3 + 2 / 3 + 2 / 3), pytest.approx(0.5 + 0.5 + 1 + 1), 4) == (precision, recall, count)


@pytest.mark.data
def test_the_corpus_gives_names() -> None:
    """Mentions are in order and apart, and none is a pronoun or a whole phrase with its description."""
    rows = documents()
    for row in rows:
        assert all(a.end <= b.start for a, b in pairwise(row.mentions))
        assert all(row.text[m.start : m.end] == m.text for m in row.mentions)
    texts = {mention.text for row in rows for mention in row.mentions}
    assert {"Robert Sarvis", "Libertarian Party", "NASA", "University of Southern Indiana"} <= {
        text.removeprefix("Attorney ") for text in texts
    }
    assert texts & {"I", "We", "He", "President", "Governor of Virginia"} == set()
