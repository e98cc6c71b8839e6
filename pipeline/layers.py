"""Settings from several places, the stronger over the weaker, and errors that say which place is wrong and the fix."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, TypeVar, get_args

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_core import ErrorDetails

PREFIX = "ARTICLES_"
_RESERVED = ("ARTICLES_CONFIG", "ARTICLES_DATA", "ARTICLES_PURE")
_SHOWN_CHARS = 80
_BOUNDS = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}


class ConfigError(Exception):
    """A setting is wrong; the message is for the person who set it and never holds a secret."""


@dataclass(frozen=True, slots=True)
class Given:
    """A value that somebody set, and where."""

    value: object
    source: str


Layer: TypeAlias = Mapping[str, Given]  # by key, 'section.key'
Model = TypeVar("Model", bound=BaseModel)


def env_name(key: str) -> str:
    """The environment variable of `section.key`."""
    return PREFIX + key.replace(".", "__").upper()


def from_file(path: Path, known: Iterable[str]) -> Layer:
    """The settings of a TOML file, one table a section. Raises ConfigError."""
    try:
        tables = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"the configuration file {path} cannot be read: {error.strerror}") from error
    except ValueError as error:  # TOMLDecodeError and UnicodeDecodeError
        raise ConfigError(f"the configuration file {path} is not TOML: {error}") from None
    if stray := [name for name, table in tables.items() if not isinstance(table, dict)]:
        raise ConfigError(f"{path}: {stray[0]} stands outside of a section; write it under [kafka], [worker], ...")
    for section in tables:
        _must_be_known(section, dict.fromkeys(key.partition(".")[0] for key in known), str(path), "section")
    layer = {
        f"{section}.{key}": Given(value, str(path)) for section, table in tables.items() for key, value in table.items()
    }
    for key in layer:
        _must_be_known(key, known, str(path))
    return layer


def toml_text(path: Path) -> str:
    """The text of a file in TOML, empty where it holds nothing but comments. Raises ValueError."""
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8") from None
    return text if any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines()) else ""


def from_environment(environ: Mapping[str, str], known: Iterable[str]) -> Layer:
    """The settings of the environment. Raises ConfigError for a name with our prefix that is none of ours."""
    keys = {env_name(key): key for key in known}
    layer = {}
    for name, value in environ.items():
        if name.startswith(PREFIX) and name not in _RESERVED and not name.startswith("ARTICLES_TEST_"):
            _must_be_known(name, keys, "environment")
            layer[keys[name]] = Given(value, f"environment variable {name}")
    return layer


def from_flags(overrides: Mapping[str, Any], known: Iterable[str]) -> Layer:
    """The settings given as flags, by key; None is a flag that was not given. Raises ConfigError."""
    layer = {key: Given(value, "command line") for key, value in overrides.items() if value is not None}
    for key in layer:
        _must_be_known(key, known, "command line")
    return layer


def keys(model: type[BaseModel]) -> list[str]:
    """All 'section.key' of a model whose fields are sections."""
    return [f"{section}.{key}" for section, group in _sections(model).items() for key in group.model_fields]


def build(model: type[Model], layers: Iterable[Layer]) -> Model:
    """The model from layers, weakest first. Raises ConfigError with a line for each wrong value."""
    given: dict[str, Given] = {}
    for layer in layers:
        given |= layer
    tables: dict[str, dict[str, object]] = {}
    for key, one in given.items():
        section, name = key.split(".", 1)
        tables.setdefault(section, {})[name] = one.value
    try:
        return model.model_validate(tables)
    except ValidationError as error:
        lines = [_explain(model, given, detail) for detail in error.errors(include_url=False)]
        raise ConfigError("\n".join(dict.fromkeys(lines))) from None  # the cause would show secrets


def _must_be_known(name: str, known: Iterable[str], source: str, kind: str = "setting") -> None:
    names = list(known)
    if name in names:
        return
    nearest = difflib.get_close_matches(name, names, n=1, cutoff=0.0)
    raise ConfigError(f"{source}: there is no {kind} {name}; the nearest is {nearest[0]}")


def _sections(model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    found = {}
    for name, field in model.model_fields.items():
        assert isinstance(field.annotation, type)
        found[name] = field.annotation
    return found


def _explain(model: type[BaseModel], given: Layer, error: ErrorDetails) -> str:
    section, fix = str(error["loc"][0]), _fix(error)
    if len(error["loc"]) == 1:  # two settings of the section contradict each other
        sources = sorted({one.source for key, one in given.items() if key.startswith(f"{section}.")})
        return f"{section} ({', '.join(sources)}): {fix}"
    name = str(error["loc"][1])
    one = given[f"{section}.{name}"]
    kinds = get_args(_sections(model)[section].model_fields[name].annotation)
    shown = "" if SecretStr in kinds else f" = {_short(one.value)}"
    return f"{section}.{name}{shown} ({one.source}): {fix}"


def _fix(error: ErrorDetails) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind == "literal_error":
        return f"write one of {context['expected']}"
    if kind.startswith("int_"):
        return "write a whole number"
    if kind.startswith(("float_", "finite_")):
        return "write a number"
    if kind.startswith("bool_"):
        return "write true or false"
    if kind == "string_pattern_mismatch":
        return f"must match {context['pattern']}"
    if kind.startswith("path_"):
        return "there is no such file"
    if kind == "string_type":
        return "write text in quotes"
    if kind == "tuple_type":
        return "write a list, each in quotes"
    bound = next((name for name in _BOUNDS if name in context), None)
    return f"must be {_BOUNDS[bound]} {context[bound]}" if bound else error["msg"]


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= _SHOWN_CHARS else shown[: _SHOWN_CHARS - 3] + "..."
