"""What every section of the settings has in common: how values are read, and how they are written down."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal, get_args, get_origin

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationInfo, field_validator
from pydantic.fields import FieldInfo


class Group(BaseModel):
    """A section: nothing unknown in it, nothing of it in errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    @field_validator("*", mode="before")
    @classmethod
    def _plain(cls, value: object, info: ValidationInfo) -> object:
        """From a file or the environment: the empty string means unset, commas make a list, true is no number."""
        field = cls.model_fields[str(info.field_name)]
        if value == "" and field.default is None:
            return None
        if isinstance(value, str) and get_origin(field.annotation) is tuple:
            return tuple(part.strip() for part in value.split(",") if part.strip())
        if isinstance(value, bool) and field.annotation in (int, float):
            raise ValueError("write a number")
        return value


def as_toml(value: object) -> str:
    """A default as it is written in TOML."""
    return '""' if value is None else json.dumps(value)


def type_name(field: FieldInfo) -> str:
    """The type of a setting, for people."""
    kinds = [kind for kind in get_args(field.annotation) or (field.annotation,) if kind is not type(None)]
    if get_origin(field.annotation) is Literal:
        return ", ".join(str(kind) for kind in kinds)
    if get_origin(field.annotation) is tuple:
        return "list of text"
    kind = get_args(kinds[0])[0] if get_args(kinds[0]) else kinds[0]
    names = {int: "whole number", float: "number", str: "text", bool: "true or false", Path: "file"}
    return "secret" if kind is SecretStr else names[kind]
