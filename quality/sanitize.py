"""Runs the compiled modules under AddressSanitizer and UndefinedBehaviorSanitizer: `python -m quality.sanitize`.

A copy of the package is built with gcc's sanitizers in a temporary folder and reads hostile texts and pages there.
The first report ends it with an error. Needs gcc with libasan, and the `build` extra. About a minute.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
_FLAGS = "-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -g -O1"


def hostile() -> None:
    """What runs under the sanitizers: every text and page made to break a tagger or a cleaner."""
    from pipeline.enrich.clean import clean_html, clean_text
    from pipeline.enrich.entities import load_tagger
    from tests.enrich.test_tagger import ARTICLE, HOSTILE
    from tests.test_traps import PAGES, TEXTS

    tagger = load_tagger()
    for text in [ARTICLE, "", " ", *(text[:200_000] for text in HOSTILE.values())]:
        tagger.tag(text)
        clean_text(text[:20_000])
    for page, _ in PAGES.values():
        clean_html(page[:200_000])
    for text, _ in TEXTS.values():
        clean_text(text[:20_000])
    print(f"{len(HOSTILE) + len(TEXTS)} texts and {len(PAGES)} pages: no report")


def main() -> None:
    """Copies, builds, runs; exit code 1 on a report."""
    library = subprocess.run(["gcc", "-print-file-name=libasan.so"], capture_output=True, text=True, check=True)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("pipeline", "quality", "tests"):
            shutil.copytree(ROOT / name, Path(folder, name), ignore=shutil.ignore_patterns("*.so", "__pycache__"))
        for name in ("setup.py", "pyproject.toml", "README.md", "LICENSE", "NOTICE"):
            shutil.copy(ROOT / name, folder)
        build = {**os.environ, "CFLAGS": _FLAGS, "LDFLAGS": _FLAGS}
        subprocess.run([sys.executable, "setup.py", "-q", "build_ext", "--inplace"], cwd=folder, env=build, check=True)
        run = {
            **os.environ,
            "LD_PRELOAD": library.stdout.strip(),
            "ASAN_OPTIONS": "detect_leaks=0",  # the interpreter keeps what it has at exit
            "PYTHONMALLOC": "malloc",  # every object has bounds of its own
            "PYTHONPATH": folder,
        }
        code = "from quality.sanitize import hostile; hostile()"
        sys.exit(subprocess.run([sys.executable, "-c", code], cwd=folder, env=run, check=False).returncode)


if __name__ == "__main__":
    main()
