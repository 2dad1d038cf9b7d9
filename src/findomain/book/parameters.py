"""The parameters of a run: read from ``KEY=VALUE``, checked against what the templates declare."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from findomain.errors import NotebookError

MODELS = "MODELS"


def parse_parameters(pairs: Iterable[str], models: Iterable[str] = ()) -> dict[str, object]:
    """Turn ``KEY=VALUE`` pairs into parameters; a value is JSON where it can be, else text.

    Raises:
        NotebookError: a pair has no ``=`` or no key.
    """
    parameters: dict[str, object] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key.strip():
            raise NotebookError(f"-p {pair}: expected KEY=VALUE, for instance -p SEED=1")
        parameters[key.strip()] = _value(value)
    if chosen := list(models):
        parameters[MODELS] = chosen
    return parameters


def _value(text: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return {"True": True, "False": False, "None": None}.get(text, text)


def declared(template: Path) -> dict[str, object]:
    """The parameters of a template with their defaults."""
    from papermill import inspect_notebook

    return {name: _literal(found["default"]) for name, found in inspect_notebook(str(template)).items()}


def _literal(source: str) -> object:
    try:
        return ast.literal_eval(source)
    except (ValueError, SyntaxError):
        return None


def check_parameters(template: Path, parameters: Mapping[str, object]) -> None:
    """Refuse a parameter that the template does not have, or a value of another kind than its default.

    Raises:
        NotebookError: naming the parameter and what is allowed.
    """
    known = declared(template)
    for name, value in parameters.items():
        if name not in known:
            raise NotebookError(f"{template.name}: no parameter {name}; it has: {', '.join(known) or 'none'}")
        if not _same_kind(known[name], value):
            raise NotebookError(
                f"{template.name}: {name} is {value!r}, expected {_kind(known[name])} like the default {known[name]!r}"
            )


def _same_kind(default: object, value: object) -> bool:
    if default is None or value is None:
        return True
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(default, bool) and isinstance(value, bool)
    if isinstance(default, float):
        return isinstance(value, int | float)
    if isinstance(default, list | tuple):
        return isinstance(value, list | tuple)
    return isinstance(value, type(default))


def _kind(default: object) -> str:
    return {bool: "true or false", int: "a whole number", float: "a number", str: "text"}.get(type(default), "a list")


def distribute(templates: Mapping[str, Path], parameters: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """Give each template those parameters that it has.

    Raises:
        NotebookError: no template has one of the parameters, or a value is of the wrong kind.
    """
    known = {name: declared(template) for name, template in templates.items()}
    everywhere = sorted({key for keys in known.values() for key in keys})
    for key in parameters:
        if key not in everywhere:
            raise NotebookError(f"no chapter has the parameter {key}; there are: {', '.join(everywhere) or 'none'}")
    given = {name: {key: value for key, value in parameters.items() if key in known[name]} for name in templates}
    for name, chosen in given.items():
        check_parameters(templates[name], chosen)
    return given
