"""What changed since a notebook was last run: its template, parameters, code, data, packages or its result.

A stamp lies outside of git, so a fresh clone has none and runs everything.
"""

from __future__ import annotations

import ast
import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path

from findomain.book.edition import Edition, facts

PACKAGE = Path(__file__).parents[1]
RUN_WITH = ("numpy", "pandas", "scipy", "statsmodels", "pyarrow", "matplotlib", "seaborn", "ipykernel", "papermill")


def fingerprint(edition: Edition, name: str, parameters: Mapping[str, object]) -> str:
    """A hash of everything that the result of a template depends on."""
    template = edition.templates[name]
    # Before Python 3.13 a pattern that ends in ** finds folders only.
    patterns = [f"{pattern}/*" if pattern.endswith("**") else pattern for pattern in facts(edition.root, name).inputs]
    inputs = [path for pattern in patterns for path in edition.root.glob(pattern)]
    parts = {
        "template": _digest([template], edition.root),
        "parameters": dict(parameters),
        "code": _digest(source_closure(_code(template)), PACKAGE),
        "data": _digest(sorted({path for path in inputs if path.is_file()}), edition.root),
        "versions": versions(RUN_WITH),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def is_current(edition: Edition, name: str, key: str) -> bool:
    """Whether the executed notebook is there, untouched, and made from just these inputs."""
    stamp = read_stamp(edition, name)
    executed = edition.executed / f"{name}.ipynb"
    return stamp.get("key") == key and executed.is_file() and stamp.get("executed") == _digest([executed])


def write_stamp(edition: Edition, name: str, key: str, seconds: float) -> None:
    """Remember what an executed notebook was made from."""
    edition.stamps.mkdir(parents=True, exist_ok=True)
    executed = _digest([edition.executed / f"{name}.ipynb"])
    stamp = {"key": key, "executed": executed, "seconds": round(seconds, 1)}
    (edition.stamps / f"{name}.json").write_text(json.dumps(stamp, indent=1) + "\n", encoding="utf-8")


def write_pages_stamp(edition: Edition, key: str) -> None:
    """Remember what the pages were built from."""
    edition.stamps.mkdir(parents=True, exist_ok=True)
    (edition.stamps / "html.json").write_text(json.dumps({"key": key}) + "\n", encoding="utf-8")


def read_stamp(edition: Edition, name: str) -> dict:
    """The stamp of a notebook or of the pages; empty where there is none that can be read."""
    try:
        return json.loads((edition.stamps / f"{name}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def pages_fingerprint(edition: Edition) -> str:
    """A hash of everything that the built pages depend on."""
    sources = [path for name in ("_config.yml", "_toc.yml") if (path := edition.root / name).is_file()]
    sources += sorted(path for path in (edition.root / "book").rglob("*") if path.is_file())
    if not edition.is_default:
        sources += sorted(edition.executed.glob("*.ipynb"))
    own = sorted((PACKAGE / "book").glob("*.py"))
    parts = [_digest(sources), _digest(own), versions(("jupyter-book", "myst-nb", "sphinx", "itables"))]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def versions(names: Iterable[str]) -> dict[str, str]:
    """The version of Python and of each installed package named."""
    found = {"python": platform.python_version()}
    for name in names:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "none"
    return found


def source_closure(code: str) -> list[Path]:
    """The files of this package that some code imports, and those that they import."""
    done: set[Path] = set()
    waiting = _imported(code)
    while waiting:
        path = waiting.pop()
        if path not in done:
            done.add(path)
            waiting |= _imported(path.read_text(encoding="utf-8")) - done
    return sorted(done)


def _imported(code: str) -> set[Path]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return {path for name in names if name.split(".")[0] == PACKAGE.name for path in _files(name)}


def _files(name: str) -> list[Path]:
    """The module, or the package's first file, and those of its parents."""
    parts = name.split(".")[1:]
    files = [PACKAGE.joinpath(*parts[:n], "__init__.py") for n in range(len(parts) + 1)]
    return [path for path in (*files, PACKAGE.joinpath(*parts).with_suffix(".py")) if parts and path.is_file()]


def _code(template: Path) -> str:
    cells = json.loads(template.read_text(encoding="utf-8"))["cells"]
    lines = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code").splitlines()
    return "\n".join(line for line in lines if not line.startswith(("%", "!")))


def _digest(files: Iterable[Path], base: Path | None = None) -> str:
    total = hashlib.sha256()
    for path in files:
        name = path.relative_to(base).as_posix() if base else path.name
        total.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()
