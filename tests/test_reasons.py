"""The closed sets of reasons: what the contract names, each with its sentence, a plain string everywhere else."""

from __future__ import annotations

import pickle
from enum import Enum

import orjson
import pytest

from pipeline.reasons import CutKind, DeadReason, RejectReason

CONTRACT: dict[type[Enum], str] = {
    CutKind: "comment_form comments share_bar related newsletter cookie_notice navigation byline caption advert "
    "label headline tags copyright paywall_notice other",
    RejectReason: "not_an_article needs_javascript error_page consent_page empty_after_cleaning",
    DeadReason: "no_value invalid_json not_an_object wrong_type no_content unsupported_schema too_large too_deep "
    "timeout memory crashed internal_error",
}
MEMBERS = [member for reasons in CONTRACT for member in reasons]


@pytest.mark.parametrize("reasons", CONTRACT, ids=lambda reasons: reasons.__name__)
def test_the_sets_are_those_of_the_contract(reasons: type[Enum]) -> None:
    """Consumers switch over these values: none is missing, none is new."""
    assert [member.value for member in reasons] == CONTRACT[reasons].split()


@pytest.mark.parametrize("reasons", CONTRACT, ids=lambda reasons: reasons.__name__)
def test_every_value_has_its_own_sentence(reasons: type[CutKind | RejectReason | DeadReason]) -> None:
    """People read why: one line, not empty, not the same as another's."""
    lines = [member.why for member in reasons]
    assert all(line and "\n" not in line and line == line.strip() for line in lines)
    assert len(set(lines)) == len(lines)


@pytest.mark.parametrize("member", MEMBERS, ids=repr)
def test_a_reason_is_its_string(member: CutKind | RejectReason | DeadReason) -> None:
    """It prints, compares, hashes, encodes and crosses a process as its value."""
    value = member.value
    assert f"{member}" == str(member) == member == value
    assert {value: 1}[member] == 1
    assert orjson.dumps(member) == f'"{value}"'.encode()
    assert type(member)(value) is member
    assert pickle.loads(pickle.dumps(member)) is member
