"""The matched pairs, measured: ``python benchmarks/mirror.py measures`` or ``results``, after their texts changed.

``measures`` writes data/mirror/measures.parquet: words, Fog, dependency distance and finance terms of each text.
``results`` measures every model that needs no hub on the suite, with an empty cache of embeddings, writes
data/mirror/results and, beside this file, mirror.csv: seconds by model, by the clock and of the processor, and of the
six packaged models together, all in one process, with the load of the machine while it ran.
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
PACKAGED = ("bag-of-words", "tf-idf", "wordllama-256", "use-multilingual-v3", "all-MiniLM-L6-v2", "sre-embedding-model")
OTHERS = ("random", "bm25")


def measures() -> None:
    """Measure the texts."""
    from findomain.mirror import measure_twins
    from findomain.mirror.measures import KEPT

    table = measure_twins()
    table.to_parquet(KEPT, index=False)
    print(f"{KEPT}: {len(table)} texts")


def results() -> None:
    """Measure the models."""
    from findomain.encoders import Options
    from findomain.mirror import SHIPPED
    from findomain.runner import Plan, run
    from findomain.tasks import get_suite

    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        out, cache = Path(scratch) / "results", Path(scratch) / "cache"
        for model in (*PACKAGED, *OTHERS):
            ranked = ("Retrieval", "Reranking") if model == "bm25" else None
            tasks = [task for task in get_suite("Mirror") if ranked is None or task.task_type in ranked]
            started, worked = time.perf_counter(), time.process_time()
            outcomes = run(Plan([model], tasks, Options(), out, cache))
            seconds, cpu = time.perf_counter() - started, time.process_time() - worked
            failed = [outcome.error for outcome in outcomes if outcome.result is None]
            if failed:
                raise SystemExit(failed[0])
            facts = [outcome.result.facts for outcome in outcomes]
            row = {"model": model, "tasks": len(tasks), "seconds": seconds, "cpu_seconds": cpu}
            row |= {
                name: sum(fact[name] for fact in facts) for name in ("n_encoded", "seconds_encode", "seconds_score")
            }
            rows.append(row | {"load": os.getloadavg()[0]})
            print(rows[-1], flush=True)
        shutil.rmtree(SHIPPED, ignore_errors=True)
        shutil.copytree(out, SHIPPED, ignore=shutil.ignore_patterns(".*"))
    table = pd.DataFrame(rows)
    six = table[table["model"].isin(PACKAGED)]
    total = six[["tasks", "seconds", "cpu_seconds", "n_encoded", "seconds_encode", "seconds_score"]].sum().to_dict()
    table.loc[len(table)] = {"model": "six packaged models", **total, "load": six["load"].max()}
    table.round(2).to_csv(Path(__file__).with_suffix(".csv"), index=False)
    print(table.round(2).to_string(index=False))


if __name__ == "__main__":
    commands = {"measures": measures, "results": results}
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        raise SystemExit(__doc__)
    commands[sys.argv[1]]()
