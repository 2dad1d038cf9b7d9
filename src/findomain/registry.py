"""Names: the nearest known ones for one that is not known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`` (did you mean ...?)`` with up to three nearest names, or how many there are to choose from."""
    names = list(known)
    lower: dict[str, str] = {}
    for candidate in names:
        lower.setdefault(candidate.lower(), candidate)
    holding = [low for low in lower if name.lower() in low]
    near = dict.fromkeys(holding + difflib.get_close_matches(name.lower(), lower, n=3, cutoff=0.5))
    if near:
        return f" (did you mean {', '.join(lower[low] for low in list(near)[:3])}?)"
    return f" ({len(names)} are known)"
