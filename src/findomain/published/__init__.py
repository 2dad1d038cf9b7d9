"""Published scores: the shipped tables, the importer that makes them, and the audit of their blemishes."""

from findomain.published.audit import Audit, audit
from findomain.published.flags import DUPLICATES, FLAGS, Flag
from findomain.published.importer import Imported, import_results
from findomain.published.tables import (
    load_dropped,
    load_exposure,
    load_models,
    load_paper,
    load_scores,
    load_tasks,
)

__all__ = [
    "DUPLICATES",
    "FLAGS",
    "Audit",
    "Flag",
    "Imported",
    "audit",
    "import_results",
    "load_dropped",
    "load_exposure",
    "load_models",
    "load_paper",
    "load_scores",
    "load_tasks",
]
