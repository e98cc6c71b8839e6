"""The tagger's training: its likelihood, its spans, its calibration and what it keeps out."""

from __future__ import annotations

import shutil
from array import array

import numpy
import pytest

pytest.importorskip("scipy")

from quality.tagger import calibrate, learn
from quality.tagger.corpus import Knowledge, apart, document
from quality.tagger.leaks import SHARED_WORDS, runs
from quality.tagger.score import Tally, spans
from quality.tagger.stages import read, with_tags
from tests.conftest import unavailable

NOTHING = Knowledge({}, array("I", bytes(8)), array("i", bytes(8)))
TEXT = "Mira Tolland of Ostrel Bank met Jon Vasker in Bremen.\nOstrel Bank said nothing, Tolland did."
ENTS = [(0, 12, "Person"), (16, 27, "Organization"), (32, 42, "Person"), (46, 52, "Location")]


def _loss(scores: numpy.ndarray, moves: numpy.ndarray, tags: list[int]) -> float:
    """Negative log likelihood of one piece, all allowed paths summed one by one."""
    paths = {(tag,): scores[0, tag] for tag in range(learn.TAGS) if learn.START[tag]}
    for t in range(1, len(tags)):
        paths = {
            (*path, tag): value + moves[path[-1], tag] + scores[t, tag]
            for path, value in paths.items()
            for tag in range(learn.TAGS)
            if learn.OK[path[-1], tag]
        }
    values = numpy.array(list(paths.values()))
    return float(numpy.log(numpy.exp(values).sum()) - paths[tuple(tags)])


def test_gradient_is_that_of_the_likelihood() -> None:
    """Slopes of the likelihood, measured, are the gradient by scores and by moves, also in a batch of two lengths."""
    rng = numpy.random.default_rng(0)
    scores, moves = rng.normal(size=(5, learn.TAGS)), rng.normal(size=(learn.TAGS, learn.TAGS))
    pieces = [(0, [1, 2, 0]), (3, [0, 3])]
    batch = learn.grid(numpy.array([3, 2]), numpy.array([1.0, 0.5]))
    tags = numpy.array([1, 2, 0, 0, 3])
    by_score, by_move = learn.gradient(scores, moves, tags, batch)

    def loss() -> float:
        parts = [_loss(scores[at : at + len(each)], moves, each) for at, each in pieces]
        return parts[0] + 0.5 * parts[1]

    for place, table, ours in [((1, 2), scores, by_score), ((4, 3), scores, by_score), ((0, 5), moves, by_move)]:
        table[place] += 1e-3
        above = loss()
        table[place] -= 2e-3
        below = loss()
        table[place] += 1e-3
        assert (above - below) / 2e-3 == pytest.approx(ours[place], abs=1e-3)


def test_an_epoch_takes_the_step_of_the_gradient() -> None:
    """Without dropout, a batch moves each weight against its gradient, by the rate over the root of its squares."""
    if shutil.which("cc") is None:
        unavailable("no C compiler")
    one = document("one", TEXT, ENTS, NOTHING)
    keys = learn.vocabulary([one], 1)
    data = learn.gather([one], keys, [0.5])
    whole = learn.grid(numpy.diff(data.pieces), data.weights)
    still = numpy.zeros((learn.TAGS, learn.TAGS), "f4")
    by_score, by_move = learn.gradient(numpy.zeros((len(one.tags), learn.TAGS), "f4"), still, data.tags, whole)
    slope = data.matrix.T @ by_score
    ours = learn.train(data, keys, learn.Settings(epochs=1, size=1000, dropout=0, rate=0.25))
    assert -0.25 * slope / numpy.sqrt(1 + slope**2) == pytest.approx(ours.rows, abs=1e-5)
    assert -0.25 * by_move / numpy.sqrt(1 + by_move**2) == pytest.approx(ours.moves, abs=1e-5)


def test_learns_what_it_is_shown() -> None:
    """A model learned from one article finds its mentions again, and none in the line that was not marked."""
    if shutil.which("cc") is None:
        unavailable("no C compiler")
    one = document("one", TEXT, ENTS, NOTHING)
    keys = learn.vocabulary([one], 1)
    weights = learn.train(learn.gather([one], keys), keys, learn.Settings(epochs=60, size=5, rate=0.5))
    assert spans(one, read([one], weights)[0]) == ENTS


def test_second_reading_adds_features_to_their_tokens() -> None:
    """Each token keeps the features of the first reading, in front of those of the second."""
    one = document("one", TEXT, ENTS, NOTHING)
    both = with_tags([one], [array("b", one.tags.tolist())])[0]
    starts, grown = numpy.append(0, one.ends), numpy.append(0, both.ends)
    assert len(both.rows) > len(one.rows)
    for i in range(len(one.tags)):
        first = one.rows[starts[i] : starts[i + 1]]
        assert first.tolist() == both.rows[grown[i] : grown[i] + len(first)].tolist()


def test_places_joined_by_commas_are_taken_apart() -> None:
    """A town and its country are two places; the capital's district stays part of its name; others stay whole."""
    text = "Ardun, Norway; Washington, D.C.; Tolland, Mira"
    ents = [(0, 13, "Location"), (15, 31, "Location"), (33, 46, "Person")]
    expected = [(0, 5, "Location"), (7, 13, "Location"), (15, 31, "Location"), (33, 46, "Person")]
    assert expected == apart(text, ents)


def test_probabilities_rise_with_the_margin() -> None:
    """The table never falls, and says about how often mentions of a margin were right."""
    margins = numpy.array([10] * 100 + [50] * 100 + [90] * 100)
    right = numpy.array([True] * 30 + [False] * 70 + [True] * 20 + [False] * 80 + [True] * 90 + [False] * 10)
    found = calibrate.table(margins, right)
    assert (numpy.diff(found) >= 0).all()
    assert found[50] == pytest.approx(0.25, abs=0.01)
    assert found[calibrate.MOST] == pytest.approx(0.9, abs=0.01)
    assert calibrate.expected_error(found[margins], right) < 0.01


def test_f1_counts_exact_spans_and_labels() -> None:
    """One hit of two found and three wanted is an F1 of 40: a wrong label is no hit."""
    tally = Tally()
    tally.add([(0, 3, "Person"), (5, 8, "Location")], [[0, 3, "Person"], [5, 8, "Person"], [9, 12, "Person"]], None)
    assert tally.f1() == pytest.approx(40)


def test_runs_find_shared_text() -> None:
    """Texts that share twelve words share a run, whatever stands around them; eleven words are none."""
    words = " ".join(f"w{n}" for n in range(SHARED_WORDS))
    assert runs(f"before {words}") & runs(f"{words.upper()}, after")
    assert not runs(words.rsplit(" ", 1)[0])
