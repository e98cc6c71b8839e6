"""Compiled modules do what their source does: both are loaded, and compared on generated pages and on the corpora."""

from __future__ import annotations

import ast
import gzip
import inspect
import json
import sys
from functools import cache
from importlib import import_module
from importlib.machinery import EXTENSION_SUFFIXES, SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from itertools import islice
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given

from tests.compiled import OUTPUTS
from tests.conftest import ROOT, unavailable
from tests.strategies import nested_html


def named_in_setup() -> list[str]:
    """The modules that setup.py compiles."""
    for node in ast.parse((ROOT / "setup.py").read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "COMPILED":
            names: list[str] = ast.literal_eval(node.value)
            return names
    raise AssertionError("setup.py has no list COMPILED")


def source_of(name: str) -> Path:
    return ROOT / f"{name.replace('.', '/')}.py"


@cache
def plain(name: str) -> ModuleType:
    """The source of a module, loaded under another name and run by the interpreter."""
    other = f"{name}_plain"
    spec = spec_from_loader(other, SourceFileLoader(other, str(source_of(name))))
    assert spec is not None and spec.loader is not None
    module = sys.modules[other] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def compiled(name: str) -> ModuleType:
    """The compiled module; the test is skipped where there is none, and fails where CI=true."""
    module = import_module(name)
    if not str(module.__file__).endswith(tuple(EXTENSION_SUFFIXES)):
        unavailable(f"{name} is not compiled: make install where a C compiler is")
    return module


def functions_of(module: ModuleType) -> list[str]:
    """Names of the functions and methods that the interpreter runs, those aside that dataclasses are given."""
    made_here = {name: value for name, value in vars(module).items() if inspect.isfunction(value)}
    for made in list(vars(module).values()):
        if inspect.isclass(made) and made.__module__ == module.__name__:
            made_here |= {name: value for name, value in vars(made).items() if not name.startswith("__")}
    functions = {name: value for name, value in made_here.items() if inspect.isfunction(value)}
    return [name for name, function in functions.items() if function.__module__ == module.__name__]


def test_all_that_has_types_is_compiled_and_compared() -> None:
    """The list of setup.py, the .pxd files and the comparisons below name the same modules."""
    typed = [str(file.relative_to(ROOT).with_suffix("")).replace("/", ".") for file in ROOT.glob("pipeline/**/*.pxd")]
    assert sorted(named_in_setup()) == sorted(typed)
    assert sorted(named_in_setup()) == sorted(OUTPUTS)


@pytest.mark.parametrize("name", OUTPUTS)
def test_each_is_what_it_says(name: str) -> None:
    """One is machine code, made after its source was last written; the other is the source."""
    module = compiled(name)
    source, made = source_of(name), Path(str(module.__file__))
    assert str(source) == plain(name).__file__
    assert functions_of(plain(name)) != [] == functions_of(module)
    if made.parent == source.parent:
        written = max(source.stat().st_mtime, source.with_suffix(".pxd").stat().st_mtime)
        assert written <= made.stat().st_mtime, f"{made.name} is older than its source: make install"


@pytest.mark.parametrize("name", OUTPUTS)
@given(html=nested_html())
def test_both_agree_on_generated_pages(name: str, html: str) -> None:
    """Any nesting of elements, attributes, control characters and alphabets."""
    output = OUTPUTS[name]
    assert output(plain(name), html) == output(compiled(name), html)


@pytest.mark.data
@pytest.mark.parametrize("step", [8, pytest.param(1, marks=pytest.mark.soak)], ids=["a part", "all"])
def test_both_agree_on_the_corpora(data_dir: Path, step: int) -> None:
    """Every eighth page in each run, every page there is in a soak."""
    modules = [(name, plain(name), compiled(name)) for name in OUTPUTS]
    count = 0
    for file in sorted((data_dir / "pages").glob("*.jsonl.gz")):
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for page in map(json.loads, islice(lines, 0, None, step)):
                for name, source, module in modules:
                    output = OUTPUTS[name]
                    assert output(source, page["html"]) == output(module, page["html"]), (name, page["id"])
                count += 1
    assert count > 800 // step
