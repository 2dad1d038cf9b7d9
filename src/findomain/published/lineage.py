"""What binds the published models together: when they were released, by whom, and what they were made of."""

from __future__ import annotations

import numpy as np
import pandas as pd

from findomain.published.tables import load_models


def model_facts() -> pd.DataFrame:
    """Indexed by model: ``year`` (of release, with its fraction), ``log_parameters``, ``organisation`` and ``root``.

    ``root`` is the first model of the declared chain of base models; a model without a base is its own. NaN where a
    date or a size is not told.
    """
    models = load_models().set_index("model")
    date = pd.to_datetime(models["release_date"])
    size = pd.to_numeric(models["n_parameters"], errors="coerce").astype(float)
    bases = models["base_model"].to_dict()
    return pd.DataFrame(
        {
            "year": date.dt.year + (date.dt.day_of_year - 1) / 365.25,
            "log_parameters": np.log10(size.where(size > 0)),
            "organisation": models["organisation"].str.lower(),
            "root": [_root(str(model), bases) for model in models.index],
        },
        index=models.index,
    )


def _root(model: str, bases: dict[str, str]) -> str:
    seen: set[str] = set()
    while bases.get(model) and model not in seen:
        seen.add(model)
        model = bases[model]
    return model
