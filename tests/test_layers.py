"""The order of the layers, light imports, no assert in the package, no module too long to read."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import findomain

PACKAGE = Path(findomain.__file__).parent
ORDER = (
    "errors",
    "paths",
    "registry",
    "network",
    "http",
    "text",
    "stats",
    "results",
    "complexity",
    "tasks",
    "encoders",
    "published",
    "live",
    "evaluators",
    "runner",
    "profiles",
    "mirror",
    "report",
    "book",
    "cli",
    "__main__",
)
HEAVY = ("torch", "mteb", "transformers", "matplotlib", "seaborn", "jupyter_book", "papermill", "sphinx", "pandas")
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST = 300


def unit(path: Path) -> str:
    """The layer that a module belongs to: the first name below the package."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_units(path: Path) -> set[str]:
    """The layers that a module imports, late imports and those for types included."""
    units = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == PACKAGE.name:
            names = [f"{PACKAGE.name}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            continue
        units |= {name.split(".")[1] for name in names if name.startswith(f"{PACKAGE.name}.")}
    return {name for name in units if name != "__version__"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_module_imports_only_lower_layers(path: Path) -> None:
    if unit(path) == "__init__":
        assert imported_units(path) == set()
        return
    place = ORDER.index(unit(path))
    assert {name for name in imported_units(path) if ORDER.index(name) > place} == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_module_is_short_and_does_not_assert(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST
    assert not [node.lineno for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Assert)]
    assert "import_module" not in text, "stamps follow the imports that are written down: import by name"


@pytest.mark.parametrize("module", ["findomain", "findomain.cli", "findomain.errors", "findomain.paths"])
def test_import_is_light(module: str) -> None:
    program = f"import sys, {module}; print(*(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_statistics_need_no_extra() -> None:
    extras = ("torch", "mteb", "matplotlib", "seaborn", "jupyter_book", "papermill")
    modules = [f"findomain.stats.{path.stem}" for path in sorted((PACKAGE / "stats").glob("[!_]*.py"))]
    program = f"import sys, {', '.join(modules)}; print(*(set({extras!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
