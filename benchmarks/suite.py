"""A suite end to end against mteb, cold and warm: ``python benchmarks/suite.py FOLDER NAME...``.

FOLDER holds one task a folder; without names all of them. The model is the packaged all-MiniLM-L6-v2 on both sides.
Cold is an empty cache; warm has the embeddings, and the results are thrown away. mteb has no cache of its own for
texts. Writes suite.csv beside this file: a row a dataset, in seconds, and the totals.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

os.environ["HF_HUB_OFFLINE"] = "1"
MODEL = "all-MiniLM-L6-v2"


def ours(folder: Path, scratch: Path) -> tuple[float, float, int]:
    """Seconds and the score of one task with what is in the cache, and how many texts were encoded."""
    from findomain.encoders import Options
    from findomain.runner import Plan, run
    from findomain.tasks import folder_task

    shutil.rmtree(scratch / "results", ignore_errors=True)
    started = time.perf_counter()
    (outcome,) = run(Plan([MODEL], [folder_task(folder)], Options(), scratch / "results", scratch / "cache", n_jobs=2))
    return time.perf_counter() - started, outcome.result.main_score, outcome.result.facts["n_encoded"]


def main() -> None:
    """Measure, print and write the table."""
    from mteb_reference import evaluated, minilm, reference_task

    from findomain.tasks import folder_task, load_data

    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    root, model, rows = Path(sys.argv[1]), minilm(), []
    model.model.encode(["a text that loads what is loaded late"])
    for name in sys.argv[2:] or sorted(path.name for path in root.iterdir() if path.is_dir()):
        task = folder_task(root / name)
        with tempfile.TemporaryDirectory() as scratch:
            cold, score, n_encoded = ours(root / name, Path(scratch))
            warm, again, n_again = ours(root / name, Path(scratch))
        started = time.perf_counter()
        data = load_data(task)
        reference = reference_task(data, task_type=task.task_type, metric=task.metric)
        theirs = evaluated(reference, model)[task.metric]
        mteb = time.perf_counter() - started
        row = {"dataset": name, "n_encoded": n_encoded, "n_encoded_warm": n_again, "cold_s": cold, "warm_s": warm}
        row |= {"mteb_s": mteb, "cold_ratio": mteb / cold, "warm_ratio": mteb / warm}
        rows.append(row | {"same_when_warm": score == again, "difference": abs(score - theirs)})
        print(" ".join(f"{k}={v:.4g}" if isinstance(v, float) else f"{k}={v}" for k, v in rows[-1].items()), flush=True)
    table = pd.DataFrame(rows)
    total = table[["cold_s", "warm_s", "mteb_s"]].sum().to_dict()
    last = {"dataset": "all", **total, "cold_ratio": total["mteb_s"] / total["cold_s"]}
    table.loc[len(table)] = last | {"warm_ratio": total["mteb_s"] / total["warm_s"]}
    table.round(4).to_csv(Path(__file__).with_suffix(".csv"), index=False)
    print(table.tail(1).to_string(index=False))


if __name__ == "__main__":
    main()
