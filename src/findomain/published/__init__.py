"""Published scores: the shipped tables, the importer that makes them, and the audit of their blemishes."""

from findomain.published.audit import Audit, audit
from findomain.published.evidence import evidence
from findomain.published.flags import CHOICES, DUPLICATES, FLAGS, Flag
from findomain.published.importer import Imported, import_results
from findomain.published.limits import evidence_limits, other_languages, task_counts
from findomain.published.lineage import model_facts
from findomain.published.paper import (
    corrected_paired_tests,
    finmteb_counts,
    paper_averages,
    paper_gaps,
    recomputed_averages,
)
from findomain.published.specialists import KINDS, load_specialists, printed_estimates, printed_pairs
from findomain.published.tables import (
    load_dropped,
    load_exposure,
    load_models,
    load_paper,
    load_scores,
    load_tasks,
)

__all__ = [
    "CHOICES",
    "DUPLICATES",
    "FLAGS",
    "KINDS",
    "Audit",
    "Flag",
    "Imported",
    "audit",
    "corrected_paired_tests",
    "evidence",
    "evidence_limits",
    "finmteb_counts",
    "import_results",
    "load_dropped",
    "load_exposure",
    "load_models",
    "load_paper",
    "load_scores",
    "load_specialists",
    "load_tasks",
    "model_facts",
    "other_languages",
    "paper_averages",
    "paper_gaps",
    "printed_estimates",
    "printed_pairs",
    "recomputed_averages",
    "task_counts",
]
