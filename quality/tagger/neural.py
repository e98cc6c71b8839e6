"""The neural teacher: words, letters and convolutions, and what an article says of a name. Needs torch.

Each form is a word vector, a convolution over its letters and the tagger's own features; each token is its form and
what the gazetteer and the article say. Two convolutions, then the mean and the greatest of all places of the same name
in the article, then four dilated convolutions, and a linear-chain CRF. Sources: Ma and Hovy 2016 (letters, CRF);
Strubell, Verga, Belanger and McCallum 2017 (dilated convolutions); Polyak and Juditsky 1992 (mean of the weights).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy
import torch
from torch import nn
from torch.nn import functional

from pipeline.enrich.entities.crf import TAGS
from quality.tagger.batches import Batch, Known, Read, packed
from quality.tagger.learn import gradient, grid

MARKS = ((256, 16), (5, 8), (3, 8), (2, 4))  # of each mark: how many values, size
LETTER, LETTERS, FEATURES = 24, 64, 64
BEFORE, AFTER = (1, 1), (1, 2, 4, 1)  # dilations before and after the article is asked
VECTOR_SCALE = 3.0  # of word vectors of length 1
CLIP = 5.0  # longest gradient
BETAS, WEIGHT_DECAY = (0.9, 0.99), 1e-5
MEMORY = 400  # steps that the mean of the weights looks back
WARM = 100  # steps until the full rate
LAST_RATE = 0.05
SCALE = 50  # tokens that count as one in the likelihood


@dataclass(frozen=True, slots=True)
class Settings:
    """`width` of a token's vector; `size`: tokens of a batch; the mean of the weights begins at half of the epochs."""

    seed: int = 0
    epochs: int = 10
    size: int = 2500
    width: int = 192
    rate: float = 2e-3
    dropout: float = 0.4
    no_word: float = 0.15
    no_feature: float = 0.25


class Dropout:
    """Masks cut from one row of random numbers: to draw each anew would take a quarter of the time."""

    SIZE = 1 << 23

    def __init__(self) -> None:
        self.rows: dict[float, torch.Tensor] = {}

    def __call__(self, values: torch.Tensor, share: float) -> torch.Tensor:
        row = self.rows.get(share)
        if row is None:
            row = self.rows[share] = torch.empty(self.SIZE).bernoulli_(1 - share) / (1 - share)
        start = int(torch.randint(0, self.SIZE - values.numel(), (1,)))
        return values * row[start : start + values.numel()].view(values.shape)


class Net(nn.Module):
    """Scores of tags, tokens x TAGS; `moves` are the CRF's."""

    def __init__(self, known: Known, settings: Settings) -> None:
        super().__init__()
        self.settings, self.mask = settings, Dropout()
        size, width = known.vectors.shape[1], settings.width
        self.vectors = nn.Embedding.from_pretrained(torch.from_numpy(known.vectors) * VECTOR_SCALE)
        self.words = nn.Embedding(len(known.vectors), size)
        nn.init.zeros_(self.words.weight)
        self.no_word = nn.Parameter(torch.zeros(size))
        self.letter = nn.Embedding(len(known.letters) + 2, LETTER, padding_idx=0)
        self.letters = nn.Conv1d(LETTER, LETTERS, 3, padding=1)
        self.features = nn.Embedding(len(known.features) + 1, FEATURES, padding_idx=0)
        nn.init.normal_(self.features.weight, 0, 0.1)
        self.marks = nn.ModuleList(nn.Embedding(*each) for each in MARKS)
        self.enter = nn.Linear(size + LETTERS + FEATURES + sum(each for _, each in MARKS), width)
        self.before, self.after = (
            nn.ModuleList(nn.Conv1d(width, width, 3, padding=reach, dilation=reach) for reach in reaches)
            for reaches in (BEFORE, AFTER)
        )
        self.norms_before, self.norms_after = (
            nn.ModuleList(nn.LayerNorm(width) for _ in reaches) for reaches in (BEFORE, AFTER)
        )
        self.name = nn.Linear(2 * width, width)
        self.join = nn.Linear(2 * width, width)
        self.leave = nn.Linear(2 * width, TAGS)
        self.moves = nn.Parameter(torch.zeros(TAGS, TAGS))

    def _drop(self, values: torch.Tensor, share: float) -> torch.Tensor:
        return self.mask(values, share) if self.training else values

    def _forms(self, batch: Batch) -> torch.Tensor:
        words = self.vectors(batch.words) + self.words(batch.words)
        unknown, features = batch.words == 0, batch.features
        if self.training:
            unknown = unknown | (torch.rand(len(unknown)) < self.settings.no_word)
            features = torch.where(torch.rand(len(features)) < self.settings.no_feature, 0, features)
        words = torch.where(unknown[:, None], self.no_word, words)
        letters = functional.relu(self.letters(self.letter(batch.letters).transpose(1, 2))).max(2)[0]
        own = functional.embedding_bag(features, self.features.weight, batch.firsts, mode="sum", padding_idx=0)
        return torch.cat((words, letters, own if self.training else own * (1 - self.settings.no_feature)), 1)

    def _convolve(self, tokens: torch.Tensor, convolutions: nn.ModuleList, norms: nn.ModuleList, batch: Batch):
        share = self.settings.dropout / 2
        for convolution, norm in zip(convolutions, norms, strict=True):
            row = tokens.new_zeros(batch.room, tokens.shape[1])
            row = row.index_copy(0, batch.places, self._drop(norm(tokens), share))
            found = convolution(row.t()[None])[0].t()[batch.places]
            tokens = tokens + self._drop(functional.relu(found), share)
        return tokens

    def _article(self, tokens: torch.Tensor, batch: Batch) -> torch.Tensor:
        """What all places of a name say together, added to each of them."""
        width, names = tokens.shape[1], batch.names
        places = tokens[batch.capitals]
        count = torch.bincount(names, minlength=batch.name_count)[:, None]
        mean = tokens.new_zeros(batch.name_count, width).index_add(0, names, places) / count
        least = tokens.new_full((batch.name_count, width), -9.0)
        most = least.scatter_reduce(0, names[:, None].expand(-1, width), places, "amax")
        said = functional.relu(self.name(self._drop(torch.cat((mean, most), 1), self.settings.dropout / 2)))
        all_said = tokens.new_zeros(tokens.shape).index_copy(0, batch.capitals, said[names])
        return tokens + self.join(torch.cat((tokens, all_said), 1))

    def forward(self, batch: Batch) -> torch.Tensor:
        """The scores of all tokens."""
        marks = [embedding(batch.marks[:, n]) for n, embedding in enumerate(self.marks)]
        tokens = torch.cat((self._forms(batch)[batch.forms], *marks), 1)
        entered = self.enter(self._drop(tokens, self.settings.dropout / 2))
        tokens = self._convolve(entered, self.before, self.norms_before, batch)
        tokens = self._convolve(self._article(tokens, batch), self.after, self.norms_after, batch)
        return self.leave(self._drop(torch.cat((tokens, entered), 1), self.settings.dropout))


def _backward(scores: torch.Tensor, moves: torch.Tensor, batch: Batch) -> None:
    """The gradient of the negative log likelihood, by forward-backward in numpy, sent back through the net."""
    order = numpy.argsort(batch.lengths, kind="stable")
    firsts = numpy.cumsum(batch.lengths) - batch.lengths
    by_score, by_move = numpy.empty(scores.shape, "f4"), numpy.zeros(moves.shape, "f4")
    plain, steps = scores.detach().numpy(), moves.detach().numpy()
    for some in numpy.array_split(order, max(1, len(order) // 32)):
        tokens = numpy.concatenate([numpy.arange(firsts[p], firsts[p] + batch.lengths[p]) for p in some])
        part = grid(batch.lengths[some], batch.weights[some])
        by_score[tokens], pairs = gradient(plain[tokens], steps, batch.tags[tokens], part)
        by_move += pairs
    scale = SCALE / batch.count
    torch.autograd.backward((scores, moves), (torch.from_numpy(by_score * scale), torch.from_numpy(by_move * scale)))


def train(documents: Sequence[Read], known: Known, settings: Settings) -> Net:
    """The net with the mean of the weights of the later steps; the same from the same data and seed."""
    torch.manual_seed(settings.seed)
    rng = numpy.random.default_rng(settings.seed)
    net = Net(known, settings)
    optimiser = torch.optim.AdamW(net.parameters(), lr=settings.rate, weight_decay=WEIGHT_DECAY, betas=BETAS)
    mean, steps, later = [each.detach().clone() for each in net.parameters()], 0, 0
    sizes = [len(one.tags) for one in documents]
    total = settings.epochs * len(list(packed(sizes, settings.size, range(len(sizes)))))
    for epoch in range(settings.epochs):
        for some in packed(sizes, settings.size, rng.permutation(len(sizes)).tolist()):
            rate = settings.rate * min(1, steps / WARM) * max(LAST_RATE, 1 - (1 - LAST_RATE) * steps / total)
            for group in optimiser.param_groups:
                group["lr"] = rate
            batch = Batch([documents[n] for n in some], [1.0] * len(some))
            optimiser.zero_grad(set_to_none=True)
            _backward(net(batch), net.moves, batch)
            nn.utils.clip_grad_norm_(net.parameters(), CLIP)
            optimiser.step()
            steps += 1
            if epoch * 2 >= settings.epochs:
                later += 1
                for kept, now in zip(mean, net.parameters(), strict=True):
                    kept.lerp_(now.detach(), 1 / min(later, MEMORY))
    with torch.no_grad():
        for now, kept in zip(net.parameters(), mean, strict=True):
            now.copy_(kept)
    return net.eval()


@torch.no_grad()
def emissions(net: Net, documents: Sequence[Read], size: int = 6000) -> list[numpy.ndarray]:
    """Scores of all tokens of each document, tokens x TAGS."""
    found: list[numpy.ndarray] = []
    for some in packed([len(one.tags) for one in documents], size, range(len(documents))):
        scores = net(Batch([documents[n] for n in some], [1.0] * len(some))).numpy()
        found += numpy.split(scores, numpy.cumsum([len(documents[n].tags) for n in some])[:-1])
    return found
