"""What setuptools cannot read from pyproject.toml: the modules that are compiled, with Cython, where a C compiler is.

They are plain Python, typed for the compiler by the .pxd file beside each. Without Cython, without a compiler, or with
ARTICLES_PURE=1 in the environment, the same sources are installed and run, slower; `articles doctor` says which it is.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from setuptools import Extension, setup
from setuptools.command.editable_wheel import editable_wheel

COMPILED = [
    "pipeline.enrich.clean.around",
    "pipeline.enrich.clean.body",
    "pipeline.enrich.clean.context",
    "pipeline.enrich.clean.copies",
    "pipeline.enrich.clean.cuts",
    "pipeline.enrich.clean.explain",
    "pipeline.enrich.clean.features",
    "pipeline.enrich.clean.lines",
    "pipeline.enrich.clean.markup",
    "pipeline.enrich.clean.phrases",
    "pipeline.enrich.clean.place",
    "pipeline.enrich.clean.refuse",
    "pipeline.enrich.clean.region",
    "pipeline.enrich.clean.rights",
    "pipeline.enrich.clean.settle",
    "pipeline.enrich.clean.shapes",
    "pipeline.enrich.clean.topic",
    "pipeline.enrich.clean.trees",
    "pipeline.enrich.clean.verdicts",
    "pipeline.enrich.clean.words",
    "pipeline.enrich.entities.article",
    "pipeline.enrich.entities.crf",
    "pipeline.enrich.entities.forms",
    "pipeline.enrich.entities.lines",
    "pipeline.enrich.entities.rows",
    "pipeline.enrich.entities.runs",
    "pipeline.enrich.entities.tokens",
    "pipeline.enrich.walk",
]
ROOT = Path(__file__).parent
# no fused multiply-add: a double must be the same in both; nothing for debuggers, which is two thirds of the size
ARGUMENTS = [] if os.name == "nt" else ["-ffp-contract=off", "-g0"]


def extensions() -> list[Extension]:
    """The modules to compile, none where that is not wanted or Cython is missing. A compiler that fails is no error."""
    if os.environ.get("ARTICLES_PURE") == "1":
        return []
    try:
        from Cython.Build import cythonize
    except ImportError:
        print("Cython is not installed: all modules stay plain Python", file=sys.stderr)
        return []
    wanted = [Extension(name, [f"{name.replace('.', '/')}.py"], extra_compile_args=ARGUMENTS) for name in COMPILED]
    directives = {"language_level": 3, "annotation_typing": False}  # types come from the .pxd files alone
    made: list[Extension] = cythonize(
        wanted, build_dir="build/cython", force=True, compiler_directives=directives, quiet=True
    )
    for extension in made:
        extension.optional = True  # cythonize() does not pass it on
    return made


class Editable(editable_wheel):
    """An install in place leaves no compiled module of an earlier one: it would be imported instead of the source."""

    def run(self) -> None:
        for name in COMPILED:
            source = ROOT / f"{name.replace('.', '/')}.py"
            for old in (*source.parent.glob(f"{source.stem}.*.so"), *source.parent.glob(f"{source.stem}.*.pyd")):
                old.unlink()
        super().run()


commands: dict[str, Any] = {"editable_wheel": Editable}
setup(ext_modules=extensions(), cmdclass=commands)
