"""What the documentation says to type: its code blocks, and whether a command line is one that works."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import click
import yaml

from pipeline.cli import COMMANDS, articles
from pipeline.settings import Settings
from pipeline.stream.intake import LINES, PAGES

ROOT = Path(__file__).resolve().parents[1]
FILES = (*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/*.md")))
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_NAMES = [f"articles {name}" for name in COMMANDS]  # in prose, the name of a command without its arguments
_COMPOSE_FLAGS = {"up": {"--build", "--scale"}, "run": {"--rm"}, "exec": set(), "down": set()}


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: where it begins, its language, its text."""

    place: str
    language: str
    text: str


def blocks(language: str | None = None) -> list[Block]:
    """All fenced blocks of the documentation, or those of a language."""
    found = []
    for file in FILES:
        text = file.read_text("utf-8")
        for fence in _FENCE.finditer(text):
            place = f"{file.relative_to(ROOT)}:{text.count(chr(10), 0, fence.start()) + 1}"
            found.append(Block(place, fence[1], fence[2]))
    return [block for block in found if language in (None, block.language)]


def commands() -> list[tuple[str, str]]:
    """Every command line of the `sh` blocks and of `code` in prose: its place and its text, without comments."""
    lines = [(block.place, line) for block in blocks("sh") for line in block.text.splitlines() if line.strip()]
    for file in FILES:
        prose = _FENCE.sub("", file.read_text("utf-8"))
        known = re.findall(r"`((?:articles|make|docker compose|python -m) [^`]+)`", prose)
        lines += [(str(file.relative_to(ROOT)), line.replace("\n", " ")) for line in known if line not in _NAMES]
    return lines


def check(line: str) -> None:
    """Raises ValueError or click.UsageError when the command line names something that does not exist."""
    words = shlex.split(line, comments=True)
    words = words[: words.index(">")] if ">" in words else words
    while "=" in words[0]:
        name = words.pop(0).partition("=")[0]
        if f"${{{name}:-" not in (ROOT / "docker-compose.yml").read_text("utf-8"):
            raise ValueError(f"nothing reads the variable {name}")
    match words:
        case ["articles", *arguments]:
            parse(arguments)
        case ["make", target] if f"\n{target}: " in (ROOT / "Makefile").read_text("utf-8"):
            pass
        case ["python", "-m", module, *_] if find_spec(module):
            pass
        case ["docker", "compose", action, *rest] if action in _COMPOSE_FLAGS:
            _check_compose(action, rest)
        case ["curl", "-H", header, "--data-binary", _, url]:
            _check_post(header, url)
        case [".", ".venv/bin/activate"]:
            pass
        case _:
            raise ValueError(f"not a command of this project: {line}")


def parse(arguments: list[str]) -> None:
    """Parses the arguments of `articles` as the program does, and runs nothing."""
    if arguments[0] not in COMMANDS:
        raise ValueError(f"no command articles {arguments[0]}")
    command = articles.get_command(click.Context(articles), arguments[0])
    assert command is not None
    command.make_context(arguments[0], arguments[1:])


def _check_post(header: str, url: str) -> None:
    """A request that the intake takes where its settings put it."""
    options, kind = Settings().intake, header.removeprefix("Content-Type: ")
    if not url.startswith(f"http://{options.host}:{options.port}/articles") or kind not in PAGES | LINES:
        raise ValueError(f"the intake does not take {kind} at {url}")


def _check_compose(action: str, words: list[str]) -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]
    flags = {word for word in words if word.startswith("--")}
    named = [word.partition("=")[0] for word in words if word not in flags]
    if not flags <= _COMPOSE_FLAGS[action]:
        raise ValueError(f"flags that are not known here: {flags - _COMPOSE_FLAGS[action]}")
    if named and named[0] not in services:
        raise ValueError(f"no service {named[0]}")
    if named[1:]:
        arguments = named[1:] if action == "run" else named[2:]  # `run` keeps the image's entry point, `exec` does not
        parse(arguments)
