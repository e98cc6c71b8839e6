"""The breaker opens for bad deploys and bad input, not for bad records among good ones, and closes again by itself."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reasons import DeadReason
from pipeline.stream.breaker import ANY, FAULTS, WELL, Breaker, BreakerRule, Counts
from pipeline.stream.messages import Held

RULE = BreakerRule(window=100, least=20, share=0.5, run=30, fault_share=0.2, fault_run=10, untried=3, pause=60.0)
GOOD, BAD, BUG = WELL, "invalid_json", "internal_error"


def fed(*batches: list[str], rule: BreakerRule = RULE) -> Breaker:
    """A breaker that has seen these batches, each checked and committed."""
    breaker = Breaker(rule)
    for batch in batches:
        breaker.check(batch, 0.0)
        breaker.passed(batch)
    return breaker


def held(breaker: Breaker, batch: list[str], now: float = 0.0) -> str:
    """Why the batch is held; fails when it is not."""
    with pytest.raises(Held) as caught:
        breaker.check(batch, now)
    assert str(caught.value) == breaker.why
    return str(caught.value)


@pytest.mark.parametrize(
    ("batch", "why"),
    [
        ([BAD] * 31, "31 records in a row are dead (any), more than 30: invalid_json 31"),
        ([BUG] * 11, "11 records in a row are dead (internal_error), more than 10: internal_error 11"),
        ([BAD, BUG] * 16, "32 records in a row are dead (any), more than 30: invalid_json 16, internal_error 16"),
        ([GOOD, BAD, BAD] * 120, "240 of the last 460 records are dead (any), over 50%: invalid_json 240"),
        ([GOOD, GOOD, BUG] * 60, "60 of the last 280 records are dead (internal_error), over 20%: internal_error 60"),
    ],
    ids=["run", "run of a fault", "run of several reasons", "share", "share of a fault"],
)
def test_too_many_are_held(batch: list[str], why: str) -> None:
    """Run and share, of each reason that is ours by its own bounds and of all together; the reason is named."""
    assert why == held(fed([GOOD] * 100), batch)


@pytest.mark.parametrize(
    "batch",
    [[BAD] * 30 + [GOOD], [BUG] * 10 + [GOOD] * 40, [GOOD, BAD, BAD] * 100, [GOOD] * 500],
    ids=["run", "run of a fault", "share", "well"],
)
def test_bounds_may_be_reached(batch: list[str]) -> None:
    """At its bounds a batch still passes."""
    assert fed([GOOD] * 100, batch).why is None


def test_a_run_goes_on_over_batches() -> None:
    """And a good record between them ends it."""
    assert "31 records in a row" in held(fed([GOOD] * 100, [BAD] * 16), [BAD] * 15)
    assert fed([GOOD] * 100, [BAD] * 16, [GOOD], [BAD] * 15).why is None


def test_a_share_is_of_the_last_records_only() -> None:
    """A million good records of last week do not outweigh today's dead ones."""
    breaker = fed(*[[GOOD] * 50 for _ in range(40)])
    assert breaker.counts.total() == 100
    assert "over 50%" in held(breaker, [BAD, BAD, BAD, GOOD] * 60)


def test_with_nothing_well_so_far_only_a_few_letters_are_written() -> None:
    """One by one or at once; a good record in the batch is enough, and so is one before."""
    assert fed([BAD] * 3).why is None
    assert held(fed([BAD] * 2), [BAD] * 2).startswith("nothing has come out well yet, and 4 records")
    assert fed([BAD] * 3, [BAD] * 3 + [GOOD]).why is None
    assert fed([GOOD], [BAD] * 4).why is None


def test_open_it_takes_one_batch_a_pause() -> None:
    """A trial that never comes back is followed by another a pause later."""
    breaker = fed([GOOD])
    assert breaker.may_take(0.0)
    held(breaker, [BUG] * 20, 100.0)
    assert [breaker.may_take(now) for now in (100.0, 159.9, 160.0)] == [False, False, True]
    breaker.took(160.0)
    assert [breaker.may_take(now) for now in (160.1, 220.0)] == [False, True]


def test_a_bad_trial_keeps_it_open_and_a_good_one_closes_it() -> None:
    """Good is a batch that is mostly well; then the count begins anew."""
    breaker = fed([GOOD])
    held(breaker, [BUG] * 20, 100.0)
    assert held(breaker, [BAD], 160.0) == "the trial batch was no better: invalid_json 1"
    assert not breaker.may_take(161.0)
    breaker.check([GOOD] * 6 + [BUG] * 5, 220.0)
    breaker.passed([GOOD] * 6 + [BUG] * 5)
    assert (breaker.why, breaker.may_take(220.0), breaker.counts.total()) == (None, True, 11)


def test_a_breaker_without_a_rule_never_opens() -> None:
    """That is what breaker.enabled = false makes."""
    breaker = fed([BUG] * 1000, rule=None)  # type: ignore[arg-type]
    assert breaker.may_take(0.0)


def test_after_a_restart_it_goes_on_where_it_was() -> None:
    """What the ledger says of the last batches makes the same run and the same share."""
    before = Breaker(RULE)
    before.recall([Counter({GOOD: 50}), Counter({BAD: 15}), Counter({BAD: 15})])
    assert "31 records in a row" in held(before, [BAD])
    shares = Breaker(RULE)
    shares.recall([Counter({GOOD: 50, BAD: 50})])
    assert "over 50%" in held(shares, [BAD] * 10 + [GOOD])


def test_faults_are_reasons() -> None:
    """A reason that is renamed keeps its bounds, or this says so."""
    assert {DeadReason(reason) for reason in FAULTS} < set(DeadReason)
    assert ANY not in set(DeadReason)


@given(st.lists(st.lists(st.sampled_from([GOOD, GOOD, GOOD, BAD, BUG]), min_size=1, max_size=40), max_size=30))
def test_letters_written_are_bounded(batches: list[list[str]]) -> None:
    """Whatever comes, no run of committed dead records is longer than the bound, nor is a full window's share."""
    breaker, out = Breaker(RULE), []
    for number, batch in enumerate(batches):
        try:
            breaker.check(batch, 100.0 * number)
        except Held:
            break
        breaker.passed(batch)
        out += batch
        run = longest(out)
        assert run <= RULE.run
        if breaker.counts.total() >= RULE.least:
            window = sum(breaker.counts.batches, Counter())
            assert window.total() - window[GOOD] <= 0.5 * window.total() + RULE.least


def longest(outcomes: list[str]) -> int:
    """The longest run of dead records, the obvious way."""
    runs = "".join("x" if outcome != GOOD else " " for outcome in outcomes).split()
    return max(map(len, runs), default=0)


@given(st.lists(st.sampled_from([GOOD, BAD, BUG]), max_size=60))
def test_runs_are_those_of_the_obvious_way(outcomes: list[str]) -> None:
    """Counted in one go or record by record."""
    _, at_once = Counts().longest(outcomes)
    one_by_one = Counts()
    for outcome in outcomes:
        one_by_one.add([outcome], 1000)
    assert at_once[ANY] == longest(outcomes)
    assert one_by_one.runs == Counts().longest(outcomes)[0]
