"""Whether requests are allowed, and whether a server answers at all."""

from __future__ import annotations

import os
import urllib.error
import urllib.request

SWITCHES = ("FINDOMAIN_OFFLINE", "HF_HUB_OFFLINE")
HUB = "https://huggingface.co"
PATIENCE = 10.0


def offline() -> bool:
    """Whether the user forbids every request to the hub."""
    return any(os.environ.get(name, "").lower() in ("1", "true", "yes", "on") for name in SWITCHES)


def hub_endpoint() -> str:
    """Where the hub is: ``HF_ENDPOINT``, or the public one."""
    return os.environ.get("HF_ENDPOINT", HUB).rstrip("/")


def hub_answers() -> bool:
    """Whether the hub answers one request, whatever it says; its client would try for a minute and say so each time."""
    try:
        urllib.request.urlopen(urllib.request.Request(hub_endpoint(), method="HEAD"), timeout=PATIENCE).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True
