"""The domain gap and training exposure together: exposure as covariate, as effect modifier, and left out.

``in_training`` has three values, and unknown is kept apart throughout: a model that declares nothing is neither
exposed nor unexposed. Held fixed are models and tasks, so exposure is worth what the same task gives models that
trained on it beyond models that did not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from findomain.errors import ScoresError
from findomain.stats import contrast as ct
from findomain.stats.cell_slopes import CellSlopes, cell_slopes, taken_off
from findomain.stats.estimate import Estimate, estimates_frame
from findomain.stats.gap import Weighting, domain_cells, domain_gap, t_gap

VALUES = {"true": "exposed", "false": "declared unexposed", "unknown": "nothing declared"}
FEWEST_MODELS = 3  # models that a gap among some models needs: the draw of models is a source of error


@dataclass(frozen=True, slots=True)
class ExposureGap:
    """A domain's gap beside training exposure; score units.

    Attributes:
        domain: the target domain.
        plain: the gap as it is.
        held: the gap at no exposure, with exposure as covariate and unknown a level of its own.
        effect: what exposure is worth, one value for all tasks.
        unknown: gap of the models that declare nothing, less that of the models that declare.
        interaction: what exposure is worth in the domain, less what it is worth elsewhere.
        among: the gap among exposed cells, declared unexposed cells and cells of models that declare nothing; a kind
            that no task type has on both sides is missing.
        zero_shot: the gap among models whose declaration names none of their tasks (``zero_shot_models``); None where
            there are none.
    """

    domain: str
    plain: Estimate
    held: Estimate
    effect: Estimate
    unknown: Estimate
    interaction: Estimate
    among: dict[str, Estimate]
    zero_shot: Estimate | None

    def to_frame(self) -> pd.DataFrame:
        """A row an estimate: ``domain, what`` and the fields of ``Estimate``; NaN where there is none."""
        nan = math.nan
        none = Estimate(f"{self.domain} gap", nan, nan, nan, nan, nan, 0, 0, 0, "no task type has both sides")
        named = {
            "gap, all scores": self.plain,
            "gap, exposure held": self.held,
            **{f"gap, cells {words}": self.among.get(key) or none for key, words in VALUES.items()},
            "gap, zero-shot models": self.zero_shot or none,
            "worth of exposure": self.effect,
            "its worth in the domain, less elsewhere": self.interaction,
            "gap of models that declare nothing, less others": self.unknown,
        }
        rows = estimates_frame(named.values())
        rows.insert(0, "what", list(named))
        rows.insert(0, "domain", self.domain)
        return rows


def exposure_gap(scores: pd.DataFrame, *, domain: str = "finance", weighting: Weighting = "types") -> ExposureGap:
    """Estimate the gap and the worth of exposure together, then each apart.

    Two regressions: ``score = model + task + exposed + unknown x domain``, and the same with ``exposed x domain``. The
    gap of the first is that of the scores less what the covariates add; its error is that of any gap plus that of the
    coefficients, which least squares makes independent of it.

    Raises:
        ScoresError: see ``domain_gap``; no column ``in_training``; or exposure in the domain and elsewhere cannot be
            told apart.
    """
    facts = exposure_facts(scores, domain=domain)
    covariates = facts[["exposed", "unknown in domain"]]
    slopes = cell_slopes(scores, covariates)
    modified = cell_slopes(scores, facts)
    seen = scores.loc[facts["exposed"] == 1]
    inside = int(seen.loc[seen["domain"] == domain, "task"].nunique())
    numbers = int(scores.loc[scores["domain"] == domain, "task"].nunique())
    among = {key: domain_gap(part, domain=domain, weighting=weighting).pooled for key, part in _kinds(scores, domain)}
    unexposed = zero_shot_scores(scores, domain=domain)
    return ExposureGap(
        domain=domain,
        plain=domain_gap(scores, domain=domain, weighting=weighting).pooled,
        held=_held(scores, covariates, slopes, domain, weighting),
        effect=slopes.estimate("exposed", "exposure", n_domain_tasks=inside),
        unknown=slopes.estimate("unknown in domain", f"nothing declared x {domain}", n_domain_tasks=numbers),
        interaction=modified.estimate("exposed in domain", f"exposure x {domain}", n_domain_tasks=inside),
        among=among,
        zero_shot=domain_gap(unexposed, domain=domain, weighting=weighting).pooled if len(unexposed) else None,
    )


def exposure_facts(scores: pd.DataFrame, *, domain: str = "finance") -> pd.DataFrame:
    """The columns of the regressions: ``exposed, exposed in domain, unknown in domain``, 0 or 1, a row a score.

    Raises:
        ScoresError: no column ``in_training``, or another value in it.
    """
    _check(scores)
    value, inside = scores["in_training"].astype(str), scores["domain"].eq(domain)
    exposed, unknown = value.eq("true"), value.eq("unknown")
    columns = {"exposed": exposed, "exposed in domain": exposed & inside, "unknown in domain": unknown & inside}
    return pd.DataFrame(columns).astype(float)


def exposure_gaps(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """``exposure_gap`` of several domains, each on its own table, stacked."""
    return pd.concat([exposure_gap(part, domain=name).to_frame() for name, part in tables.items()], ignore_index=True)


def zero_shot_models(scores: pd.DataFrame, *, domain: str = "finance") -> list[str]:
    """Models that declare their training data, name none of the tasks that they were scored on, and have both sides.

    Both sides: in some task type, a task in the domain and another. Whether the same dataset or its whole family counts
    as named is what ``in_training`` says; ``family_exposure`` widens it.
    """
    _check(scores)
    value = scores["in_training"].astype(str)
    clean = value.eq("false").groupby(scores["model"]).all()
    inside = scores["domain"].eq(domain)
    sides = inside.groupby([scores["model"], scores["task_type"]]).agg(["any", "all"])
    both = (sides["any"] & ~sides["all"]).groupby("model").any()
    return sorted(clean.index[clean & both.reindex(clean.index)].astype(str))


def zero_shot_scores(scores: pd.DataFrame, *, domain: str = "finance") -> pd.DataFrame:
    """The scores of the models that ``zero_shot_models`` names; empty where these are too few for an interval."""
    models = zero_shot_models(scores, domain=domain)
    part = scores[scores["model"].isin(models)]
    return part if len(models) >= FEWEST_MODELS and _two_sided(part, domain) else part.iloc[:0]


def family_exposure(scores: pd.DataFrame, everything: pd.DataFrame | None = None) -> pd.DataFrame:
    """The scores with ``in_training`` true wherever the model trained on any task of the same ``family``.

    ``everything`` is a table with further cells of the same models (other languages, further editions of a dataset)
    that are looked at too; by default the scores alone.

    Raises:
        ScoresError: no column ``family`` or ``in_training``.
    """
    _check(scores)
    table = scores if everything is None else everything
    if "family" not in scores or "family" not in table:
        raise ScoresError("no column family: which tasks were made of the same dataset is not told")
    seen = table.loc[table["in_training"].astype(str).eq("true"), ["model", "family"]].drop_duplicates()
    named = pd.MultiIndex.from_frame(scores[["model", "family"]]).isin(pd.MultiIndex.from_frame(seen))
    return scores.assign(in_training=scores["in_training"].astype(str).mask(named, "true"))


def _check(scores: pd.DataFrame) -> None:
    if "in_training" not in scores:
        raise ScoresError("no column in_training; expected true, false or unknown")
    value = scores["in_training"].astype(str)
    wrong = ~value.isin(VALUES)
    if wrong.any():
        raise ScoresError(f"in_training is {value[wrong].iloc[0]!r}; expected true, false or unknown")


def _kinds(scores: pd.DataFrame, domain: str) -> list[tuple[str, pd.DataFrame]]:
    parts = [(key, scores[scores["in_training"].astype(str).eq(key)]) for key in VALUES]
    enough = [(key, part) for key, part in parts if part["model"].nunique() >= FEWEST_MODELS]
    return [(key, part) for key, part in enough if _two_sided(part, domain)]


def _two_sided(scores: pd.DataFrame, domain: str) -> bool:
    """Whether a task type has tasks on both sides once each type is cut to what can be compared."""
    try:
        domain_cells(scores, domain=domain, weighting="types")
    except ScoresError:
        return False
    return True


def _held(scores: pd.DataFrame, facts: pd.DataFrame, slopes: CellSlopes, domain: str, weighting: Weighting) -> Estimate:
    cells = domain_cells(taken_off(scores, facts, slopes), domain=domain, weighting=weighting)
    more = [_gap_of(scores, facts[name], domain, weighting) for name in facts]
    value = ct.contrast(cells, extra=slopes.variance(np.where(slopes.known, more, 0.0)))
    method = "exposure held, nothing declared a level of its own; clustered by task and model"
    return t_gap(cells, value, domain, method)


def _gap_of(scores: pd.DataFrame, fact: pd.Series, domain: str, weighting: Weighting) -> float:
    """How much more of a fact the domain's cells have: what its coefficient takes off the gap."""
    cells = domain_cells(scores.assign(score=fact.to_numpy(float)), domain=domain, weighting=weighting)
    means = ct.summarise([fitted.task_effect for fitted in cells.fits], cells.inside)
    return float((cells.weight_inside * means.mean_inside - cells.weight_outside * means.mean_outside).sum())
