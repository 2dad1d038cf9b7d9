"""Where the checkout is: absolute paths, the same from every working directory.

The data and the book live in the checkout, not in the package. ``FINDOMAIN_ROOT`` names another checkout.
"""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_cache_path

from findomain.errors import FindomainError

ROOT = Path(os.environ.get("FINDOMAIN_ROOT") or Path(__file__).parents[2]).resolve()
DATA = ROOT / "data"


def require(path: Path) -> Path:
    """Return the path, or say how to name the checkout that has it.

    Raises:
        FindomainError: nothing is there.
    """
    if not path.exists():
        raise FindomainError(f"{path}: not found; set FINDOMAIN_ROOT to a checkout of findomain")
    return path


def cache_folder() -> Path:
    """``FINDOMAIN_CACHE``, or the user's cache directory: what can be made again is kept there."""
    return Path(os.environ.get("FINDOMAIN_CACHE") or user_cache_path("findomain")).expanduser()
