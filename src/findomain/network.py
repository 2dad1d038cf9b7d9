"""Whether requests are allowed, and whether a server answers at all."""

from __future__ import annotations

import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import TypeVar

SWITCHES = ("FINDOMAIN_OFFLINE", "HF_HUB_OFFLINE")
HUB = "https://huggingface.co"
PATIENCE = 10.0
# Seconds before each further try of a request whose connection broke.
PAUSES = (1.0, 4.0)
# What clients of the hub call a broken connection; they have classes of their own and no base in common.
BROKEN = ("ConnectionError", "TimeoutError", "TransportError")

T = TypeVar("T")


def offline() -> bool:
    """Whether the user forbids every request to the hub."""
    return any(os.environ.get(name, "").lower() in ("1", "true", "yes", "on") for name in SWITCHES)


def hub_endpoint() -> str:
    """Where the hub is: ``HF_ENDPOINT``, or the public one."""
    return os.environ.get("HF_ENDPOINT", HUB).rstrip("/")


def hub_answers() -> bool:
    """Whether the hub answers one request, whatever it says."""
    try:
        urllib.request.urlopen(urllib.request.Request(hub_endpoint(), method="HEAD"), timeout=PATIENCE).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def tell_clients() -> None:
    """Tell the hub's clients, before they are imported, that they may make no request or that nobody would answer one.

    They would try for a minute and say so each time.
    """
    if offline() or not hub_answers():
        os.environ["HF_HUB_OFFLINE"] = os.environ["HF_DATASETS_OFFLINE"] = "1"


def tried(request: Callable[[], T]) -> T:
    """The answer to a request of the hub's client, which is made again where its connection breaks."""
    for pause in PAUSES:
        try:
            return request()
        except Exception as error:
            if not any(kind.__name__ in BROKEN for kind in type(error).__mro__):
                raise
            time.sleep(pause)
    return request()
