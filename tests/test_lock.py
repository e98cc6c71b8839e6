"""What is installed: the lock files hold what the project asks for, and nothing is asked for in vain."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import packages_distributions

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from tests.documents import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def pins(name: str) -> dict[str, list[Requirement]]:
    """The packages of a lock file, each with its versions; every one has hashes."""
    text = (ROOT / name).read_text("utf-8")
    found: dict[str, list[Requirement]] = {}
    for pin in re.findall(r"^([a-z][\w.-]*==[^\\\n]+?) \\\n    --hash=sha256:[0-9a-f]{64}", text, re.MULTILINE):
        requirement = Requirement(pin)
        found.setdefault(requirement.name, []).append(requirement)
    assert len(re.findall(r"^[a-z]", text, re.MULTILINE)) == sum(map(len, found.values())), "a line without a hash"
    return found


def test_the_locks_hold_what_the_project_asks_for() -> None:
    """Each dependency is locked in a version that is allowed; the developers' lock agrees with the users'."""
    users, developers = pins("requirements.lock"), pins("requirements-dev.lock")
    extras = PROJECT["optional-dependencies"]
    for lock, wanted in ((users, PROJECT["dependencies"] + extras["build"]), (developers, extras["dev"])):
        for requirement in map(Requirement, wanted):
            locked = lock[requirement.name.lower().replace("_", "-")]
            versions = [next(iter(one.specifier)).version for one in locked]
            assert [version for version in versions if version not in requirement.specifier] == [], requirement
    versions = {name: {str(pin.specifier) for pin in found} for name, found in users.items()}
    assert versions == {name: {str(pin.specifier) for pin in developers[name]} for name in users}


def test_every_dependency_is_used() -> None:
    """What pyproject.toml asks for is imported by the package; one is there for a library's sake and says so."""
    source = "\n".join(file.read_text("utf-8") for file in (ROOT / "pipeline").rglob("*.py"))
    modules = set(re.findall(r"^\s*(?:from|import) (\w+)", source, re.MULTILINE))
    made_of = packages_distributions()
    used = {name.lower().replace("_", "-") for module in modules for name in made_of.get(module, [])}
    asked = {Requirement(line).name.lower().replace("_", "-") for line in PROJECT["dependencies"]}
    assert {"lxml-html-clean"} == asked - used


def test_this_python_is_one_of_those_promised() -> None:
    """The tests run on a Python that pyproject.toml allows, and the Makefile asks for the same one."""
    assert sys.version.split()[0] in SpecifierSet(PROJECT["requires-python"])
    (major, minor) = re.findall(r"version_info < \((\d+), (\d+)\)", (ROOT / "Makefile").read_text("utf-8"))[0]
    assert f">={major}.{minor}" == PROJECT["requires-python"]
