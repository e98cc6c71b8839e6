"""The documentation cannot drift from the code: what it says to type works, and its examples run."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from importlib.metadata import metadata

import click
import jsonschema
import orjson
import pytest
from packaging.requirements import Requirement

from pipeline import process, schemas
from pipeline.cli.flow import STEPS
from pipeline.records import Enriched, RawArticle, encode
from pipeline.sample import load
from pipeline.settings import Topics, describe
from tests import documents
from tests.documents import ROOT

README = (ROOT / "README.md").read_text("utf-8")
_SECONDS = 60.0
_FAMILY = re.compile(r"MIT|Apache|BSD|MPL|PSF|Python|LGPL|GPL|Repoze|CNRI|Zlib|CC0")


def test_every_block_has_a_language_that_is_checked_here() -> None:
    """No block of code escapes: each is shell, Python, JSON, a diagram, or output that is generated."""
    other = [block.place for block in documents.blocks() if block.language not in ("sh", "python", "json", "mermaid")]
    generated = [block.place for block in documents.blocks("text")]
    assert len(generated) == 1
    assert generated == other


@pytest.mark.parametrize(("place", "line"), documents.commands())
def test_a_command_line_names_what_exists(place: str, line: str) -> None:
    """Commands, flags, make targets, modules and services that the documentation names are there."""
    try:
        documents.check(line)
    except (ValueError, click.UsageError) as error:
        pytest.fail(f"{place}: {line}: {error}")


@pytest.mark.parametrize(
    "line",
    ["articles fed x.jsonl", "articles feed --fast x", "articles feed", "make tests", "python -m pipeline.nothing",
     "docker compose up --scale workers=4", "docker compose run --rm feeder fed /input/x", "rm x", "X=1 make demo"],
)  # fmt: skip
def test_a_wrong_command_line_is_noticed(line: str) -> None:
    """The check above can fail."""
    with pytest.raises((ValueError, click.UsageError)):
        documents.check(line)


def test_paths_and_links_lead_somewhere() -> None:
    """Every relative link, and every path of the project in `code`, exists."""
    missing = []
    for file in documents.FILES:
        text = file.read_text("utf-8")
        links = [file.parent / link for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", text)]
        paths = re.findall(r"`((?:pipeline|docs|tests|quality|config)/[\w./-]+)`", text)
        missing += [f"{file.name}: {path}" for path in (*links, *(ROOT / path for path in paths)) if not path.exists()]
    assert missing == []


def test_the_diagram_shows_the_flow() -> None:
    """The picture in README.md has all topics, and all steps in their order."""
    (diagram,) = documents.blocks("mermaid")
    assert sorted(Topics().model_dump().values()) == sorted(re.findall(r"\[\(([\w.]+)\)\]", diagram.text))
    assert ", ".join(name for name, _, _ in STEPS) in diagram.text


def test_every_setting_is_in_the_readme() -> None:
    """Each environment variable stands in README.md once."""
    assert {row.env: 1 for row in describe()} == {row.env: README.count(f"`{row.env}`") for row in describe()}


def test_the_number_of_sample_records_is_right() -> None:
    """Where the number is named, it is that of the sample."""
    named = re.findall(r"(\d+) sample records", README + (ROOT / "CHANGELOG.md").read_text("utf-8"))
    assert {str(len(load()))} == set(named)


def test_the_example_of_a_raw_record_is_one() -> None:
    """README.md's raw record fits the contract, and the program reads it."""
    from pipeline.enrich.decode import decode
    from pipeline.records import Limits

    (block,) = documents.blocks("json")
    jsonschema.validate(json.loads(block.text), schemas.schema("raw"))
    assert isinstance(decode(block.text.encode(), (), Limits()), RawArticle)


def test_the_python_example_runs() -> None:
    """The block without Kafka prints what was cut and who was found."""
    (code,) = (block.text for block in documents.blocks("python") if "Consumer" not in block.text)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, encoding="utf-8")
    cuts, entities = done.stdout.splitlines()
    assert "('comment_form', " in cuts
    assert "('Person', 'Mari Kallaste')" in entities


def test_the_consumer_in_the_readme_consumes() -> None:
    """The block that consumes, of at most ten lines, prints the ids and entities of records on the enriched topic."""
    from pipeline.stream.embedded import EmbeddedBroker

    (code,) = (block.text for block in documents.blocks("python") if "Consumer" in block.text)
    assert len([line for line in code.splitlines() if line.strip()]) <= 10
    assert '"127.0.0.1:9092"' in code
    records = [_enriched(f"https://paper.example/{n}") for n in range(2)]
    with EmbeddedBroker(["articles.enriched.v1"]) as broker:
        _produce(broker.bootstrap_servers, records)
        command = [sys.executable, "-c", code.replace("127.0.0.1:9092", broker.bootstrap_servers)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as reader:
            watchdog = threading.Timer(_SECONDS, reader.kill)
            watchdog.start()
            assert reader.stdout is not None
            lines = [reader.stdout.readline().rstrip("\n") for _ in records]
            watchdog.cancel()
            reader.kill()
    names = [[entity.name for entity in record.entities or ()] for record in records]
    assert names[0] != []
    assert sorted(f"{r.id} {found}" for r, found in zip(records, names, strict=True)) == sorted(lines)


def _enriched(url: str) -> Enriched:
    text = (ROOT / "docs" / "example.txt").read_text("utf-8")
    outcome = process(orjson.dumps({"text": text, "url": url}))
    assert isinstance(outcome, Enriched)
    return outcome


def _produce(servers: str, records: list[Enriched]) -> None:
    from confluent_kafka import Producer

    producer = Producer({"bootstrap.servers": servers})
    for record in records:
        producer.produce("articles.enriched.v1", encode(record), record.id)
    assert producer.flush(_SECONDS) == 0


def test_notice_names_every_library_and_its_licence() -> None:
    """NOTICE has a line for each package of requirements.lock, with the licence that the package states."""
    notice = dict(re.findall(r"^    ([\w.-]+) +(\S.*)$", (ROOT / "NOTICE").read_text("utf-8"), re.MULTILINE))
    pins = re.findall(r"^([a-z][\w.-]*==[^\\\n]+)", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE)
    wanted = [Requirement(pin) for pin in pins]
    assert sorted({pin.name for pin in wanted}) == sorted(notice)
    here = {pin.name for pin in wanted if pin.marker is None or pin.marker.evaluate()}
    wrong = {name: (notice[name], _stated(name)) for name in here if not _agree(notice[name], _stated(name))}
    assert wrong == {}


def _agree(ours: str, stated: str) -> bool:
    """All families of licences that we name are stated, and no copyleft one is left out."""
    named, found = set(_FAMILY.findall(ours)), set(_FAMILY.findall(stated))
    copyleft = {"MPL", "GPL", "LGPL"}
    return bool(named) and named <= found and named & copyleft == found & copyleft


def _stated(name: str) -> str:
    fields = metadata(name)
    classifiers = [line for line in fields.get_all("Classifier") or [] if line.startswith("License")]
    first = (fields.get("License") or "").splitlines()[:1]
    return "; ".join([fields.get("License-Expression") or "", *first, *classifiers])
