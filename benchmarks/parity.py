"""Scores of every dataset against mteb, same embeddings and end to end: ``python benchmarks/parity.py FOLDER``.

FOLDER holds one task a folder, as ``findomain run --data`` takes them. The model is the packaged all-MiniLM-L6-v2,
with a cold cache on both sides. About half an hour on two cores. Writes parity.csv beside this file: a row a dataset.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

os.environ["HF_HUB_OFFLINE"] = "1"
MODEL = "all-MiniLM-L6-v2"


def measure(folder: Path, model: Any, scratch: Path) -> dict[str, object]:
    """One dataset."""
    from mteb_reference import Given, reference_scores

    from findomain.encoders import Options
    from findomain.runner import EmbeddingCache, Plan, run
    from findomain.runner.cache import text_key
    from findomain.runner.judge import texts_of
    from findomain.tasks import folder_task, load_data

    task = folder_task(folder)
    data = load_data(task)
    told = {"task_type": task.task_type, "metric": task.metric}
    (outcome,), seconds = timed(lambda: run(Plan([MODEL], [task], Options(), scratch / "results", scratch / "cache")))
    texts = list(dict.fromkeys(text for _, part in texts_of(data) for text in part))
    cache = EmbeddingCache.of(outcome.result.facts["encoder"], scratch / "cache")
    found = cache.get([text_key("", text) for text in texts])
    # A training text that no experiment draws is not encoded; mteb does not ask for it either.
    vectors = {text: found[key] for text in texts if (key := text_key("", text)) in found}
    same, seconds_same = timed(lambda: reference_scores(data, Given(vectors), **told))
    whole, seconds_whole = timed(lambda: reference_scores(data, model, **told))
    ours = outcome.result
    shared = [name for name in ours.scores if isinstance(same.get(name), (int, float)) and name != "main_score"]
    return {
        "dataset": folder.name,
        **told,
        "ours": ours.main_score,
        "mteb_same_embeddings": same[task.metric],
        "mteb_end_to_end": whole[task.metric],
        "largest_difference_of_any_metric": float(np.nanmax([abs(ours.scores[n] - same[n]) for n in shared])),
        "n_metrics": len(shared),
        "seconds_score": ours.facts["seconds_score"],
        "seconds_score_mteb": seconds_same,
        "seconds": seconds,
        "seconds_mteb": seconds_whole,
    }


def timed(function: Callable[[], Any]) -> tuple[Any, float]:
    """The result and the seconds it took."""
    started = time.perf_counter()
    return function(), time.perf_counter() - started


def main() -> None:
    """Measure every folder, print and write the table."""
    from mteb_reference import minilm

    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    model = minilm()
    model.model.encode(["a text that loads what is loaded late"])
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        for folder in sorted(path for path in Path(sys.argv[1]).iterdir() if path.is_dir()):
            rows.append(measure(folder, model, Path(scratch)))
            print(
                " ".join(f"{k}={v:.6g}" if isinstance(v, float) else f"{k}={v}" for k, v in rows[-1].items()),
                flush=True,
            )
    table = pd.DataFrame(rows)
    table.round(8).to_csv(Path(__file__).with_name("parity.csv"), index=False)
    same = (table["ours"] - table["mteb_same_embeddings"]).abs().max()
    whole = (table["ours"] - table["mteb_end_to_end"]).abs().max()
    print(f"largest difference of a main score: {same:.2g} for the same embeddings, {whole:.2g} end to end")
    print(f"whole suite, mteb / ours: {table['seconds_mteb'].sum() / table['seconds'].sum():.2f}")


if __name__ == "__main__":
    main()
