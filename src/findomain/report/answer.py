"""The answer in one figure: the finance gap as it is and with everything held that can be, beside the other domains."""

from __future__ import annotations

import pandas as pd

from findomain import mirror, profiles
from findomain.stats import (
    adjusted_gap,
    controls_of,
    domain_gap,
    doubly_robust_gap,
    exposure_gap,
    matched_gap,
    paired_gap,
    task_table,
    validate_controls,
)

OTHERS = ("law", "medicine", "chemistry", "programming")
COLUMNS = ["estimate", "ci_low", "ci_high", "n_domain_tasks"]


def answer_rows(scores: pd.DataFrame, *, domain: str = "finance") -> pd.DataFrame:
    """Rows of a forest plot: ``name, domain, task_type``, the gap with its interval, and the domain's tasks behind it.

    Of the domain: pooled and by type; with the effect of declared training data held; among models that declare none of
    the tasks; with the controls held that predict scores, by three methods; and within the matched pairs, whose number
    of tasks is that of their pairs of tasks. Then the pooled gaps of the other domains.
    """
    table = task_table(scores, profiles.structure_facts())
    controls = controls_of(validate_controls(table, profiles.STRUCTURE, domain=domain))
    exposure = exposure_gap(scores, domain=domain).to_frame().set_index("what")
    items = mirror.item_table()
    pairs = paired_gap(items[items["model"] != "random"], domain=domain)
    gap = domain_gap(scores, domain=domain)
    rows = {f"{domain}, as it is": pd.Series(gap.pooled.to_dict())}
    rows |= {f"{domain}, {kind}": pd.Series(one.to_dict()) for kind, one in gap.by_task_type.items()}
    rows |= {
        "training data held": exposure.loc["gap, exposure held"],
        "zero-shot models": exposure.loc["gap, zero-shot models"],
        "controls held": adjusted_gap(table, controls, domain=domain).row(),
        "nearest other tasks": matched_gap(table, controls, domain=domain).row(),
        "weighted other tasks": doubly_robust_gap(table, controls, domain=domain).row(),
        "matched pairs": pairs.iloc[0].reindex([*pairs.columns, "n_domain_tasks"]),
    }
    rows["matched pairs"]["n_domain_tasks"] = items["task_type"].nunique()
    rows |= {name: pd.Series(domain_gap(scores, domain=name).pooled.to_dict()) for name in OTHERS if name != domain}
    found = pd.DataFrame([row[COLUMNS] for row in rows.values()]).reset_index(drop=True).astype(float)
    found["n_domain_tasks"] = found["n_domain_tasks"].astype(int)
    found.insert(0, "name", list(rows))
    found["domain"] = [name if name in OTHERS else domain for name in rows]
    found["task_type"] = ["pooled" if name in OTHERS or name.endswith("as it is") else "" for name in rows]
    return found
