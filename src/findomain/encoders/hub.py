"""Models on the hub: the files that are needed, at one commit, into the hub's own cache."""

from __future__ import annotations

from pathlib import Path

from findomain.encoders.spec import cached_folder
from findomain.errors import EncoderError, MissingExtraError, first_line
from findomain.network import PATIENCE, hub_answers, hub_endpoint, offline, tried

# Weights that would be unpickled and other formats of the same are never fetched.
NEEDED = ("*.json", "*.txt", "*.model", "*.safetensors", "*.jinja")
CODE = ("*.py",)


def hub_folder(hub: str, revision: str, name: str, *, with_code: bool = False) -> Path:
    """The folder of a model at a commit, downloaded if it is not in the cache.

    Raises:
        EncoderError: requests are switched off, the hub does not answer, or it has no such model or commit.
        MissingExtraError: the hub's client is not installed.
    """
    known = cached_folder(hub, revision)
    if known is not None and any(known.rglob("*.safetensors")):
        return known
    _check_reachable(hub, name)
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.utils import disable_progress_bars
    except ImportError as error:
        raise MissingExtraError(f"{name} needs the extra: pip install 'findomain[models]'") from error
    disable_progress_bars()
    patterns = [*NEEDED, *(CODE if with_code else ())]
    try:
        return Path(tried(lambda: snapshot_download(hub, revision=revision, allow_patterns=patterns)))
    except Exception as error:  # the hub's client raises many kinds
        raise EncoderError(
            f"{name}: {hub} at {revision[:12]} cannot be had from the hub: {first_line(error)}"
        ) from error


def newest_revision(hub: str, name: str) -> str:
    """The commit that the hub has now, so that a result names what was run.

    Raises:
        EncoderError: requests are switched off, the hub does not answer, or it has no such model.
        MissingExtraError: the hub's client is not installed.
    """
    _check_reachable(hub, name)
    try:
        from huggingface_hub import model_info
    except ImportError as error:
        raise MissingExtraError(f"{name} needs the extra: pip install 'findomain[models]'") from error
    try:
        return str(model_info(hub, timeout=PATIENCE).sha)
    except Exception as error:  # the hub's client raises many kinds
        raise EncoderError(f"{name}: the hub has no {hub}: {first_line(error)}") from error


def check_allowed(hub: str, revision: str, name: str) -> None:
    """Raise if a model would need a request and requests are switched off.

    Raises:
        EncoderError: they are, and the model is not in the cache.
    """
    if offline() and cached_folder(hub, revision) is None:
        raise EncoderError(
            f"{name}: needs the hub ({hub}) and is not in its cache, and requests are switched off "
            "(FINDOMAIN_OFFLINE or HF_HUB_OFFLINE)"
        )


def _check_reachable(hub: str, name: str) -> None:
    check_allowed(hub, "", name)
    if not hub_answers():
        raise EncoderError(f"{name}: needs the hub ({hub}), and {hub_endpoint()} does not answer")
