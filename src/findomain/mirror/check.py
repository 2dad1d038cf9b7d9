"""The check that twins match: what must be alike is, nothing is there twice, and what is meant to differ does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import sparse

from findomain.mirror.measures import load_measures, overlap, word_list
from findomain.mirror.twins import Item, mirror_items
from findomain.tasks.mirror import SIDES

COLUMNS = ["task_type", "check", "finance", "general", "difference", "bound", "passes"]
# Pairs to be judged, by type; each class and cluster has as many.
COUNTS: Mapping[str, int] = {
    "Classification": 160,
    "Clustering": 160,
    "PairClassification": 140,
    "Reranking": 50,
    "Retrieval": 80,
    "STS": 120,
    "Summarization": 30,
}
N_FIELDS = 10
EACH_WORDS, MEAN_WORDS = 0.15, 0.03
FOG, DISTANCE = 1.0, 0.15
OVERLAP = 0.10
LABELS = 0.02
GRADES = 0.25
# Jaccard similarity of the words of texts of different pairs. Twins share their frame by design, and within an item
# likeness is part of what is asked: a sentence whose roles are reversed has the same words. No text may stand twice.
NEAR = 0.6
OPENING, OPENINGS = 3, 3
DENSITY = 0.05
ALL = "all types"
Check = dict[str, object]


def check_mirror(items: Sequence[Item] | None = None, measures: pd.DataFrame | None = None) -> pd.DataFrame:
    """Every check, a row each: what it gives for each domain, the difference that counts, its bound, whether it passes.

    Args:
        items: those of the suite unless given.
        measures: of their texts; the kept ones unless given.

    Raises:
        TaskError: the kept measures are of other texts.
    """
    items = mirror_items() if items is None else items
    measures = load_measures(items) if measures is None else measures
    rows = [*_pairing(items), *_fields(items), *_duplicates(items)]
    for kind in COUNTS:
        mine = [item for item in items if item.task_type == kind]
        part = measures[measures["task_type"] == kind]
        for check in BY_TYPE:
            rows += [{"task_type": kind, **row} for row in check(mine, part)]
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(check: str, sides: Sequence[float], difference: float, bound: float, passes: bool | None = None) -> Check:
    """A check of a difference that may be no larger than its bound, unless told otherwise."""
    within = bool(difference <= bound + 1e-9) if passes is None else bool(passes)
    return dict(zip(COLUMNS[1:], (check, *map(float, sides), float(difference), float(bound), within), strict=True))


def _side(items: Sequence[Item], domain: str) -> list[Item]:
    return [item for item in items if item.domain == domain]


def _pairing(items: Sequence[Item]) -> list[Check]:
    """Items whose twin is missing, or has other slots, another split or another position of the answer."""
    key = {side: {(i.task_type, i.pair): i for i in _side(items, side)} for side in SIDES}
    either = sorted({*key["finance"], *key["general"]})
    doubled = len(items) - sum(map(len, key.values()))
    alone = sum((key["finance"].get(name) is None) != (key["general"].get(name) is None) for name in either)
    both = [(key["finance"][n], key["general"][n]) for n in either if all(n in key[side] for side in SIDES)]
    shape = sum((a.split, tuple(a.texts)) != (b.split, tuple(b.texts)) for a, b in both)
    places = sum(a.position != b.position for a, b in both)
    n = [len(_side(items, side)) for side in SIDES]
    facts = (("items without a twin", alone + doubled), ("twins of another form", shape), ("answers elsewhere", places))
    return [{"task_type": ALL, **_row(name, n, found, 0)} for name, found in facts]


def _fields(items: Sequence[Item]) -> list[Check]:
    n = [len({item.field for item in _side(items, side)}) for side in SIDES]
    return [{"task_type": ALL, **_row("fields covered, at least", n, min(n), N_FIELDS, min(n) >= N_FIELDS)}]


def _duplicates(items: Sequence[Item]) -> list[Check]:
    """The most alike texts of different pairs, of any type, domain and split; and texts that stand twice."""
    place = {key: i for i, key in enumerate(dict.fromkeys((item.task_type, item.pair) for item in items))}
    texts = [(place[i.task_type, i.pair], i.domain, text) for i in items for text in i.texts.values()]
    owner = np.array([pair for pair, _, _ in texts])
    side = np.array([domain for _, domain, _ in texts])
    alike = np.where(owner[:, None] == owner[None, :], 0, jaccard([text for _, _, text in texts])).max(1, initial=0)
    nearest = [alike[side == one].max(initial=0) for one in SIDES]
    written = [Counter(tuple(word_list(text)) for _, domain, text in texts if domain == one) for one in SIDES]
    twice = [sum(n - 1 for n in count.values()) for count in written]
    rows = (
        _row("most alike of different pairs", nearest, max(nearest), NEAR),
        _row("texts that stand twice", twice, max(twice), 0),
    )
    return [{"task_type": ALL, **row} for row in rows]


def jaccard(texts: Sequence[str]) -> np.ndarray:
    """Shared different words of each two texts over all different words of both, ``(n, n)``."""
    sets = [set(word_list(text)) for text in texts]
    place = {word: i for i, word in enumerate(sorted(set().union(*sets)))}
    columns = [place[word] for words in sets for word in sorted(words)]
    sizes = np.array([len(words) for words in sets])
    rows = np.repeat(np.arange(len(sets)), sizes)
    matrix = sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(sets), len(place)))
    shared = (matrix @ matrix.T).toarray()
    return shared / np.maximum(sizes[:, None] + sizes[None, :] - shared, 1)


def _counts(items: Sequence[Item], measures: pd.DataFrame) -> list[Check]:
    """Judged items, and how many each label has more in one domain."""
    judged = [[item for item in _side(items, side) if item.split == "test"] for side in SIDES]
    n = [len(part) for part in judged]
    wanted = COUNTS[items[0].task_type] if items else 0
    return [_row("items", n, max(abs(count - wanted) for count in n), 0)]


def _labels(items: Sequence[Item], measures: pd.DataFrame) -> list[Check]:
    if not items:
        return []
    sides = [[label for item in _side(items, side) for label in item.labels] for side in SIDES]
    if items[0].task_type in ("STS", "Summarization"):
        means = [float(np.mean(list(map(float, side)))) for side in sides]
        return [_row("mean grade", means, abs(means[0] - means[1]), GRADES)]
    shares = [{label: n / len(side) for label, n in Counter(side).items()} for side in sides]
    names = set().union(*shares)
    apart = max(abs(shares[0].get(name, 0) - shares[1].get(name, 0)) for name in names)
    return [_row("share of the rarest label", [min(side.values()) for side in shares], apart, LABELS)]


def _openings(items: Sequence[Item], measures: pd.DataFrame) -> list[Check]:
    opened = [
        Counter(tuple(word_list(t)[:OPENING]) for i in _side(items, one) for t in i.texts.values()) for one in SIDES
    ]
    most = [max(count.values(), default=0) for count in opened]
    return [_row("uses of one opening of three words", most, max(most), OPENINGS)]


def _words(items: Sequence[Item], measures: pd.DataFrame) -> list[Check]:
    wide = measures.pivot(index=["pair", "slot"], columns="domain", values="words")
    finance, general = (wide[side].to_numpy(float) for side in SIDES)
    each = np.abs(finance - general) / np.maximum(finance, general)
    means = [finance.mean(), general.mean()]
    return [
        _row("words, furthest twins", [finance[each.argmax()], general[each.argmax()]], each.max(), EACH_WORDS),
        _row("words, mean", means, abs(means[0] / means[1] - 1), MEAN_WORDS),
    ]


def _complexity(items: Sequence[Item], measures: pd.DataFrame) -> list[Check]:
    means = measures.groupby("domain")[["gunning_fog", "dependency_distance", "term_density"]].mean()
    fog, distance, terms = ([means.loc[side, name] for side in SIDES] for name in means.columns)
    more = terms[0] - terms[1]
    return [
        _row("Gunning Fog, mean", fog, abs(fog[0] - fog[1]), FOG),
        _row("dependency distance, mean", distance, abs(distance[0] - distance[1]), DISTANCE),
        _row("density of finance terms, at least", terms, more, DENSITY, more >= DENSITY),
    ]


def _overlap(items: Sequence[Item], measures: pd.DataFrame) -> list[Check]:
    """Shared content words of query and answer, or of the two texts of a pair; relative to the larger."""
    shares = [[overlap(item) for item in _side(items, side)] for side in SIDES]
    right = [float(np.mean([share for share, _ in side])) for side in shares]
    wrong = [float(np.mean([share for _, share in side])) for side in shares]
    found = []
    for name, sides in (("shared words, answer or pair", right), ("shared words, other passages", wrong)):
        if all(np.isfinite(sides)):
            found.append(_row(name, sides, abs(sides[0] - sides[1]) / max(*sides, 1e-9), OVERLAP))
    return found


BY_TYPE: tuple[Callable[[Sequence[Item], pd.DataFrame], list[Check]], ...] = (
    _counts,
    _labels,
    _openings,
    _words,
    _complexity,
    _overlap,
)
