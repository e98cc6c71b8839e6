"""What the teachers hand to the tagger: the file of labels, and the neural teacher where torch is."""

from __future__ import annotations

import gzip
import re
from array import array
from pathlib import Path

import numpy
import pytest

pytest.importorskip("scipy")

from quality.tagger.corpus import Knowledge, document
from quality.tagger.leaks import SHARED_WORDS
from quality.tagger.score import spans
from quality.tagger.silver import SILVER, read_silver, to_label, without, write_silver
from quality.tagger.texts import Text

NOTHING = Knowledge({}, array("I", bytes(8)), array("i", bytes(8)))
ONE = Text("a", "page", "Mira Tolland of Ostrel Bank met Jon Vasker in Bremen.\nOstrel Bank said nothing, Tolland did.")
TWO = Text("b", "open", "Nothing was said.")
RAW = Text("c", "newswire", "Mira Tolland spoke.")
ENTS = [(0, 12, "Person"), (16, 27, "Organization"), (32, 42, "Person"), (46, 52, "Location")]


def test_labels_are_read_as_written(tmp_path: Path) -> None:
    """A text has the mentions that the file was given, one without mentions has none."""
    path = tmp_path / "silver"
    write_silver(path, [ONE, TWO], [ENTS, []])
    first, second = read_silver(path, [ONE, TWO], NOTHING)
    assert spans(first, first.tags.tolist()) == ENTS
    assert not second.tags.any()


def test_labels_of_another_text_are_refused(tmp_path: Path) -> None:
    """A text that is not the one that was labelled, or was not labelled at all, is a clear error."""
    path = tmp_path / "silver"
    write_silver(path, [ONE], [ENTS])
    with pytest.raises(ValueError, match=r"of a: python -m quality\.tagger\.teach"):
        read_silver(path, [Text("a", "page", ONE.text + " ")], NOTHING)
    with pytest.raises(ValueError, match="of b"):
        read_silver(path, [TWO], NOTHING)


def test_file_of_labels_holds_no_text() -> None:
    """The file in the repository has names of texts and numbers, nothing else."""
    for line in gzip.decompress(SILVER.read_bytes()).decode().splitlines():
        name, rest = line.removeprefix('["').split('",', 1)
        assert " " not in name
        assert not set(rest) - set("0123456789-,[]")


def test_text_is_left_out_or_labelled_already() -> None:
    """A text with a run of words that is to be unseen is left out; the newswire's own is not labelled."""
    unseen = tuple(re.findall(r"\w+", ONE.text.lower())[:SHARED_WORDS])
    assert without([ONE, TWO], {unseen}) == [TWO]
    assert to_label([ONE, RAW, TWO]) == [ONE, TWO]


class TestNet:
    """The neural teacher."""

    def test_scores_do_not_depend_on_the_batch(self) -> None:
        """Articles read side by side have the scores that each has alone."""
        net, read = _untrained()
        together = _scores(net, [read(ONE), read(RAW)])
        assert numpy.allclose(together[0], _scores(net, [read(ONE)])[0], atol=1e-5)
        assert numpy.allclose(together[1], _scores(net, [read(RAW)])[0], atol=1e-5)

    def test_pieces_know_of_each_other_by_their_names_alone(self) -> None:
        """What stands around a name in another line changes the scores of the name here; nothing else there does."""
        net, read = _untrained()
        here = [
            _scores(net, [read(Text("", "", f"Mira Tolland spoke.\n{other}"))])[0][:4]
            for other in ("he slept.", "they slept: long.", "Tolland slept.", "(Tolland).")
        ]
        assert numpy.allclose(here[0], here[1], atol=1e-5)
        assert not numpy.allclose(here[2], here[3], atol=1e-3)

    def test_learns_and_is_the_same_from_the_same_seed(self) -> None:
        """Trained on an article it finds that article's mentions, with equal scores from an equal seed."""
        neural = pytest.importorskip("quality.tagger.neural")
        batches = pytest.importorskip("quality.tagger.batches")
        teach = pytest.importorskip("quality.tagger.teach")
        gold = document(ONE.name, ONE.text, ENTS, NOTHING)
        what = batches.known([gold] * 3, ["bank"], numpy.ones((1, 4)), {})
        settings = neural.Settings(seed=3, epochs=150, width=32, rate=5e-3)
        nets = [neural.train([batches.read(gold, what)], what, settings) for _ in range(2)]
        scores = [neural.emissions(net, [batches.read(gold, what)]) for net in nets]
        assert numpy.array_equal(scores[0][0], scores[1][0])
        likely = teach.chances([gold], scores[0], nets[0].moves.detach().numpy())
        assert numpy.allclose(likely[0].sum(1), 1, atol=1e-4)
        assert spans(gold, teach.decoded([gold], likely)[0].tolist()) == ENTS


def _untrained():
    torch = pytest.importorskip("torch")
    neural = pytest.importorskip("quality.tagger.neural")
    batches = pytest.importorskip("quality.tagger.batches")
    torch.manual_seed(0)
    what = batches.known([document(ONE.name, ONE.text, [], NOTHING)], ["bank"], numpy.ones((1, 4)), {})
    net = neural.Net(what, neural.Settings(width=32)).eval()
    return net, lambda one: batches.read(document(one.name, one.text, [], NOTHING), what)


def _scores(net, documents):
    return pytest.importorskip("quality.tagger.neural").emissions(net, documents)
