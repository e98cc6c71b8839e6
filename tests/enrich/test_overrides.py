"""Overrides: what they do to entities, which files are refused and how, and that records tell them apart."""

from __future__ import annotations

import re
from pathlib import Path

import orjson
import pytest

from pipeline import process
from pipeline.enrich.entities import find_entities
from pipeline.enrich.entities.group import group
from pipeline.enrich.entities.overrides import Overrides, OverridesError, OverridesFile, parse
from pipeline.flow import Rules
from pipeline.job import enricher_config, flow_rules
from pipeline.records import Enriched, Label, Mention, Rejected
from pipeline.settings import ConfigError, load

ROOT = Path(__file__).resolve().parents[2]
PROSE = "The council of Vienna met on Monday. Anna Gruber said that the budget was late, and nobody disagreed. "
MERGE = """
[[merge]]
names = ["Gruber Works", "GW"]
name = "Gruber Works AG"
label = "Organization"
kb_id = "house:7"
country = "AT"
"""


def named(rules: Overrides, *said: tuple[Label, str]) -> list[tuple[str, tuple[str, ...]]]:
    """Ids of entities with the texts of their mentions."""
    mentions = [Mention(20 * n, 20 * n + len(text), label, text, 0.5) for n, (label, text) in enumerate(said)]
    found, entities = group(mentions, 1000, rules)
    return [(e.id, tuple(m.text for m in found if m.entity == i)) for i, e in enumerate(entities)]


def test_merged_names_are_one_entity_called_so() -> None:
    """Names that nothing else joins, in any writing, under any label, have name, label, id and country as written."""
    rules = parse(MERGE).everywhere
    mentions = [Mention(0, 12, "Location", "GRUBER WORKS", 0.5), Mention(20, 26, "Misc", "the GW", 0.99)]
    found, [entity] = group(mentions, 100, rules)
    assert [mention.label for mention in found] == ["Organization", "Organization"]
    assert (entity.id, entity.name, entity.count) == ("Organization:gruber works ag", "Gruber Works AG", 2)
    assert (entity.kb_id, entity.country) == ("house:7", "AT")


def test_a_merge_takes_what_is_joined_to_its_names() -> None:
    """A last name joins the merged full name, and the name that a merge gives is one of its names."""
    rules = parse('[[merge]]\nnames = ["Bo Test"]\nname = "Bodo Testwell"').everywhere
    said: list[tuple[Label, str]] = [("Person", "Bo Test"), ("Person", "Test"), ("Person", "Bodo Testwell")]
    assert named(rules, *said) == [("Person:bodo testwell", ("Bo Test", "Test", "Bodo Testwell"))]


def test_a_merge_without_a_label() -> None:
    """Under several labels it is one entity all the same, labelled as its first name."""
    rules = parse('[[merge]]\nnames = ["Acme", "Gruber"]\nname = "Acme"').everywhere
    said: list[tuple[Label, str]] = [("Person", "Gruber"), ("Organization", "Acme")]
    assert named(rules, *said) == [("Person:acme", ("Gruber", "Acme"))]


def test_two_merges_are_never_joined() -> None:
    """Neither by a third name that both would join."""
    rules = parse(
        '[[merge]]\nnames = ["Gruber"]\nname = "Elder"\n[[merge]]\nnames = ["Anna"]\nname = "Younger"'
    ).everywhere
    said: list[tuple[Label, str]] = [("Person", "Anna Gruber"), ("Person", "Gruber"), ("Person", "Anna")]
    assert named(rules, *said) == [("Person:elder", ("Anna Gruber", "Gruber")), ("Person:younger", ("Anna",))]


def test_one_id_is_one_entity() -> None:
    """Two rules that call their names alike, one of them for a site, make one entity there."""
    file = parse(
        '[[merge]]\nnames = ["VP"]\nname = "Vienna Post"\n'
        '[[merge]]\nnames = ["Post"]\nname = "Vienna Post"\nsites = ["a.example"]'
    )
    said: list[tuple[Label, str]] = [("Organization", "VP"), ("Organization", "Post")]
    assert named(file.of("a.example"), *said) == [("Organization:vienna post", ("VP", "Post"))]


def test_split_names_are_never_joined() -> None:
    """Neither directly nor by a third name; other names are joined as ever."""
    rules = parse('[[split]]\nnames = ["Anna Gruber", "Gruber", "A. Gruber"]').everywhere
    said: list[tuple[Label, str]] = [("Person", "Anna Gruber"), ("Person", "Gruber"), ("Person", "A. Gruber")]
    apart = named(rules, *said, ("Person", "Anna"))
    assert [texts for _, texts in apart] == [("Anna Gruber", "Anna"), ("Gruber",), ("A. Gruber",)]
    assert len(named(Overrides(), *said)) == 1


def test_a_split_holds_through_others() -> None:
    """Two forms that would each join the same longer one are apart: the first of them takes it."""
    rules = parse('[[split]]\nnames = ["Gruber", "Anna"]').everywhere
    said: list[tuple[Label, str]] = [("Person", "Anna Gruber"), ("Person", "Gruber"), ("Person", "Anna")]
    assert [texts for _, texts in named(rules, *said)] == [("Anna Gruber", "Gruber"), ("Anna",)]


def test_stopped_names_are_left_out() -> None:
    """Their mentions are gone, under the named label only where one is named; the rest counts as if they never were."""
    rules = parse('[[stop]]\nnames = ["he"]\n[[stop]]\nnames = ["Columbia"]\nlabel = "Location"').everywhere
    said: list[tuple[Label, str]] = [("Person", "He"), ("Location", "Columbia"), ("Organization", "Columbia")]
    assert named(rules, *said, ("Location", "Graz")) == [
        ("Organization:columbia", ("Columbia",)),
        ("Location:graz", ("Graz",)),
    ]
    assert named(rules, ("Person", "he")) == []


def test_rules_for_sites() -> None:
    """A rule with sites holds there only, beside the rules for all, and over one for all that says otherwise."""
    file = parse(
        '[[merge]]\nnames = ["Post"]\nname = "Graz Post"\nsites = ["www.Graz.example"]\n'
        '[[merge]]\nnames = ["Post"]\nname = "Vienna Post"\n'
        '[[stop]]\nnames = ["Post"]\nsites = ["linz.example"]\n[[stop]]\nnames = ["he"]'
    )
    for site, expected in (("graz.example", "graz post"), (None, "vienna post"), ("other.example", "vienna post")):
        assert [(f"Organization:{expected}", ("Post",))] == named(file.of(site), ("Organization", "Post"))
    assert named(file.of("linz.example"), ("Organization", "Post"), ("Person", "he")) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[merge]\n", "is not TOML: .*line 1"),
        ('[[merge]]\nnames = ["A"]\nname = "B"\n\n[[mrege]]\n', "line 5, there is no kind of rule mrege; .* merge"),
        ('[[stop]]\nnames = ["A"]\n\n[[stop]]\nnmaes = ["B"]', "line 5, stop 2: there is no key nmaes; .* is names"),
        ('[[split]]\nname = "A"', "line 2, split 1: there is no key name; the nearest is names"),
        ('[[merge]]\nnames = ["A"]', "line 1, merge 1: name is missing"),
        ('[[merge]]\nname = "A"', "line 1, merge 1: names must list at least 1"),
        ('[[split]]\nnames = ["A"]', "line 2, split 1: names must list at least 2"),
        ('[[stop]]\nnames = "he"', "line 2, stop 1: names must be a list"),
        ("[[stop]]\nnames = [1]", "line 2, stop 1: names must be a list"),
        ('[[stop]]\nnames = [" "]', "line 2, stop 1: names must be a list"),
        ('[[stop]]\nnames = ["A"]\nlabel = "Persn"', "line 3, stop 1: there is no label Persn; the nearest is Person"),
        ('[[stop]]\nnames = ["A"]\nlabel = 1', "line 3, stop 1: label must be text"),
        ('[[merge]]\nnames = ["A"]\nname = "A"\ncountry = "aut"', "line 4, merge 1: country .* like DE"),
        ('[merge]\nnames = ["A"]', r"merge: write \[\[merge\]\]"),
        ("stop = 1", r"stop: write \[\[stop\]\]"),
        ('stop = [{names = ["A"], x = 1}]', "^stop 1: there is no key x; the nearest is"),
        ('[[split]]\nnames = ["Mr Bo", "Bo"]', "split 1: 'Bo' is read like another"),
        (MERGE + '[[merge]]\nnames = ["gw"]\nname = "GW"', "line 8, merge 2: 'gw' stands in line 2, merge 1 too"),
        (MERGE + '[[stop]]\nnames = ["gw"]', "line 8, stop 1: 'gw' stands in line 2, merge 1 too"),
        (MERGE + '[[split]]\nnames = ["gw", "Gruber Works"]', "line 8, split 1: line 2, merge 1 joins what"),
    ],
)
def test_a_wrong_file_is_refused(text: str, message: str) -> None:
    """The message names the line, the rule, the key and the fix."""
    with pytest.raises(OverridesError) as caught:
        parse(text)
    assert re.search(message, str(caught.value))


def test_the_checksum_is_that_of_the_rules() -> None:
    """Comments and layout do not change it, a rule does, and no rule has none."""
    checksum = parse(MERGE).checksum
    assert re.fullmatch("[0-9a-f]{12}", checksum or "")
    assert checksum == parse("# why\n\n" + MERGE.replace(" = ", "=")).checksum
    assert checksum != parse(MERGE.replace("AT", "DE")).checksum
    assert parse("# nothing\n") == OverridesFile()


def test_the_file_that_comes_with_it_says_nothing() -> None:
    """config/entities.toml holds comments only, and what they show is sound."""
    text = (ROOT / "config" / "entities.toml").read_text("utf-8")
    assert parse(text) == OverridesFile()
    shown = "\n".join(line[2:] for line in text.splitlines() if re.match(r"# (\[\[|\w+ = )", line))
    assert parse(shown).of("news.example") != parse(shown).of(None)


def chosen(tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> Rules:
    """The rules of the flow, as a child gets them, with this file in ./config."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "entities.toml").write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    config = enricher_config(load(None, {}, {}))
    return flow_rules(orjson.loads(orjson.dumps(config)))


def test_the_flow_applies_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """./config/entities.toml is read; entities follow it by site, and every record tells its checksum."""
    text = '[[stop]]\nnames = ["Vienna"]\nsites = ["news.example"]'
    rules = chosen(tmp_path, text, monkeypatch)
    found = {}
    for url in ("https://www.news.example/a", "https://other.example/a"):
        outcome = process(orjson.dumps({"text": PROSE * 3, "url": url}), rules=rules)
        assert isinstance(outcome, Enriched)
        assert parse(text).checksum == outcome.pipeline.models["overrides"]
        found[url] = {entity.name for entity in outcome.entities or ()}
    assert {"Vienna"} == found["https://other.example/a"] - found["https://www.news.example/a"]
    rejected = process(b'{"text": "Leave a Reply"}', rules=rules)
    assert isinstance(rejected, Rejected)
    assert "overrides" in rejected.pipeline.models


def test_without_overrides_records_are_as_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file, or one of comments, leaves no trace."""
    rules = chosen(tmp_path, "# nothing\n", monkeypatch)
    value = orjson.dumps({"text": PROSE * 3})
    assert process(value) == process(value, rules=rules)
    outcome = process(value)
    assert not isinstance(outcome, Enriched) or "overrides" not in outcome.pipeline.models


def test_find_entities_takes_them() -> None:
    """The function of the public interface applies what it is given."""
    stop = parse('[[stop]]\nnames = ["Vienna"]').everywhere
    plain = {mention.text for mention in find_entities(PROSE)[0]}
    assert plain - {"Vienna"} == {mention.text for mention in find_entities(PROSE, overrides=stop)[0]}
    assert "Vienna" in plain


@pytest.mark.parametrize("content", [b'[[stop]]\nnmaes = ["he"]', b"\xff\xfe"])
def test_settings_refuse_a_wrong_file(tmp_path: Path, content: bytes) -> None:
    """The error names the setting, where it was set, and what is wrong; so does one for a file that is not there."""
    file = tmp_path / "mine.toml"
    file.write_bytes(content)
    message = "line 2, stop 1: there is no key nmaes|is not UTF-8"
    for path, wrong in ((file, message), (tmp_path / "no.toml", "no such file")):
        with pytest.raises(ConfigError) as caught:
            load(None, {}, {"ARTICLES_ENTITIES__OVERRIDES": str(path)})
        assert re.search(rf"entities\.overrides = .*environment variable.*({wrong})", str(caught.value))
