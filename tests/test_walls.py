"""The walls between the parts: what imports what, in the source and in a fresh interpreter, and how large a part is."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "pipeline"
FILES = sorted(PACKAGE.rglob("*.py"))
KAFKA = {"aiokafka", "confluent_kafka", "faust"}
HEAVY = KAFKA | {
    "aiohttp", "click", "dateparser", "ftfy", "htmldate", "lxml", "numpy", "prometheus_client", "psutil", "py3langid",
    "pydantic", "rich", "selectolax", "tldextract", "trafilatura", "yaml",
}  # fmt: skip
MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 60

Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def module_of(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def parse(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"), file.name)


def imports(tree: ast.AST, package: str) -> Iterator[tuple[str, int]]:
    """Full name and line of everything that is imported anywhere in the source: at the top, in a function, for types.
    `from a import b` gives a.b, since b may be a module; `package` is what relative imports start from."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) + 1 - node.level] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield from ((f"{module}.{alias.name}", node.lineno) for alias in node.names)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            called = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if called in ("import_module", "__import__") and node.args and isinstance(node.args[0], ast.Constant):
                yield str(node.args[0].value), node.lineno


def within(name: str, *modules: str) -> bool:
    return any(name == module or name.startswith(f"{module}.") for module in modules)


def imported(file: Path) -> Iterator[tuple[str, int]]:
    package = module_of(file if file.name == "__init__.py" else file.parent)
    return imports(parse(file), package)


def catches_everything(node: ast.AST) -> bool:
    """Is it a handler without a type, or of Exception or BaseException, alone or among others?"""
    if not isinstance(node, ast.ExceptHandler):
        return False
    types = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    return any(kind is None or ast.unparse(kind).split(".")[-1] in ("Exception", "BaseException") for kind in types)


def suppresses_everything(node: ast.AST) -> bool:
    """Is it suppress(Exception)?"""
    if not isinstance(node, ast.Call) or ast.unparse(node.func).split(".")[-1] != "suppress":
        return False
    return any(ast.unparse(kind).split(".")[-1] in ("Exception", "BaseException") for kind in node.args)


def code_lines(function: Function) -> int:
    """Lines of signature and body, without the docstring and the decorators."""
    assert function.end_lineno is not None
    lines = function.end_lineno - function.lineno + 1
    if ast.get_docstring(function, clean=False) is not None:
        docstring = function.body[0]
        assert docstring.end_lineno is not None
        lines -= docstring.end_lineno - docstring.lineno + 1
    return lines


def loaded_by(statement: str) -> set[str]:
    """The top-level modules that a fresh interpreter has after a statement, compiled ones' private names too."""
    script = f"{statement}\nimport sys\nprint('\\n'.join(sys.modules))"
    command = [sys.executable, "-W", "ignore", "-c", script]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return {name.partition(".")[0] for name in done.stdout.split()}


# --- what imports what ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_kafka_clients_stay_in_stream(file: Path) -> None:
    """Only pipeline/stream imports faust, aiokafka and confluent_kafka."""
    if within(module_of(file), "pipeline.stream"):
        return
    found = [f"{name} in line {line}" for name, line in imported(file) if within(name, *KAFKA)]
    assert found == []


@pytest.mark.parametrize("file", sorted((PACKAGE / "enrich").rglob("*.py")), ids=name_of)
def test_steps_know_only_the_shared_types(file: Path) -> None:
    """Of ours, pipeline/enrich imports records, spans, reasons and itself: a step can be read and run alone."""
    ours = ("pipeline.enrich", "pipeline.records", "pipeline.spans", "pipeline.reasons")
    found = [f"{name} in line {line}" for name, line in imported(file) if within(name, "pipeline")]
    assert [name for name in found if not within(name.split()[0], *ours)] == []


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_the_package_stands_without_the_checkout(file: Path) -> None:
    """Nothing of tests or quality is imported: they are not in the wheel."""
    assert [name for name, _ in imported(file) if within(name, "tests", "quality")] == []


def test_the_package_imports_next_to_nothing() -> None:
    """`import pipeline` loads no library beside the standard one: it must cost nothing where one function is wanted."""
    assert loaded_by("import pipeline") & (HEAVY | {"orjson"}) == set()


@pytest.mark.parametrize("name", ["Cleaned", "Entity", "Mention"])
def test_the_types_load_nothing_heavy(name: str) -> None:
    """To name a record's type costs orjson and no more."""
    assert loaded_by(f"from pipeline import {name}") & HEAVY == set()


def test_a_child_of_the_pool_has_no_client() -> None:
    """With all that it works with, the flow and its models too, a child has no Kafka client and no command line."""
    statement = "import pipeline.child, pipeline.job, pipeline.flow\npipeline.flow.process(b'{\"text\": \"A tram.\"}')"
    assert loaded_by(statement) & (KAFKA | {"click", "rich"}) == set()


# --- what stands in the source --------------------------------------------------------------------------------------


def test_one_handler_catches_everything() -> None:
    """It is that of the pool's child; everywhere else an error is one that was expected, by name."""
    found = [
        name_of(file)
        for file in FILES
        for node in ast.walk(parse(file))
        if catches_everything(node) or suppresses_everything(node)
    ]
    assert found == ["pipeline/child.py"]


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_files_and_functions_are_short(file: Path) -> None:
    """At most 300 lines a file, blank ones too, and 60 a function."""
    assert len(file.read_text("utf-8").splitlines()) <= MAX_FILE_LINES
    functions = [node for node in ast.walk(parse(file)) if isinstance(node, Function)]
    assert {f.name: code_lines(f) for f in functions if code_lines(f) > MAX_FUNCTION_LINES} == {}


# --- the walls themselves -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("import faust.app", "faust.app"),
        ("def f():\n    from confluent_kafka import Consumer", "confluent_kafka.Consumer"),
        ("if TYPE_CHECKING:\n    import aiokafka as a", "aiokafka"),
        ("from pipeline import flow", "pipeline.flow"),
        ("from .. import flow", "pipeline.flow"),
        ("from ..stream import app", "pipeline.stream.app"),
        ("from . import dates", "pipeline.enrich.dates"),
        ("import importlib\nimportlib.import_module('faust')", "faust"),
    ],
)
def test_every_way_to_import_is_seen(source: str, name: str) -> None:
    """In functions, for types only, relative, by a call."""
    assert name in [found for found, _ in imports(ast.parse(source), "pipeline.enrich")]


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("try:\n    f()\nexcept:\n    pass", True),
        ("try:\n    f()\nexcept Exception as error:\n    g(error)", True),
        ("try:\n    f()\nexcept (ValueError, builtins.BaseException):\n    pass", True),
        ("with contextlib.suppress(Exception):\n    f()", True),
        ("try:\n    f()\nexcept (ValueError, KafkaException):\n    pass", False),
        ("with suppress(OSError):\n    f()", False),
    ],
)
def test_every_way_to_catch_everything_is_seen(source: str, seen: bool) -> None:
    """Named, bare, in a tuple, by suppress; an exception whose name ends alike is another one."""
    nodes = list(ast.walk(ast.parse(source)))
    assert any(catches_everything(node) or suppresses_everything(node) for node in nodes) is seen


def test_a_docstring_is_no_code() -> None:
    """Signature and body count, decorator and docstring do not."""
    [function] = ast.parse('@d\ndef f(\n    a,\n):\n    """One.\n\n    Two.\n    """\n    return a').body
    assert isinstance(function, ast.FunctionDef)
    assert code_lines(function) == 4
