"""What nbval leaves out when it compares: html (frames also print text, which is compared) and drawn pixels."""

from __future__ import annotations

import pytest

NOT_COMPARED = ("text/html", "application/papermill.record/image/png", "application/papermill.record/text/html")


def pytest_collectstart(collector: pytest.Collector) -> None:
    """Add to what nbval does not compare in a notebook."""
    path = getattr(collector, "path", None)
    if path is not None and path.suffix == ".ipynb":
        collector.skip_compare += NOT_COMPARED
