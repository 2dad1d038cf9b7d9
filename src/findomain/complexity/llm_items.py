"""Questions to a language model made of a task's items: by task type, from plain values, with their right answers.

Each builder draws at most ``n`` items with a generator that is passed in. Texts are cut at ``LONGEST`` characters.
What is guessed right by chance is known of each item.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from findomain.errors import ComplexityError
from findomain.paths import DATA, require

LONGEST = 600
CHOICES = 4
YES_NO = ("yes", "no")
GRADES = (0, 1, 2, 3, 4, 5)
# A grade is wrong if it is more than one step of six away from the right one.
TOLERANCE = 1.0


@dataclass(frozen=True, slots=True)
class Item:
    """One question.

    Attributes:
        task_type: whose prompt it takes.
        texts: none, one or two texts that the question is about.
        options: what there is to choose from; none for yes or no and for grades.
        right: the place of the right option from 0; 1 for yes and 0 for no; or the right grade from 0 to 5.
    """

    task_type: str
    texts: tuple[str, ...]
    options: tuple[str, ...]
    right: float

    @property
    def prompt(self) -> str:
        """The question in words."""
        first, second = (*map(cut, self.texts), "", "")[:2]
        options = "\n".join(f"{place}. {cut(option)}" for place, option in enumerate(self.options, 1))
        return templates()[self.task_type].format(first=first, second=second, options=options).strip()

    @property
    def chance(self) -> float:
        """Probability that an answer drawn evenly from the allowed ones is right."""
        if self.task_type == "STS":
            return sum(abs(grade - self.right) <= TOLERANCE for grade in GRADES) / len(GRADES)
        return 1 / (len(self.options) or len(YES_NO))


@cache
def templates() -> Mapping[str, str]:
    """The question of each task type.

    Raises:
        ComplexityError: the file is not what it should be.
    """
    path = require(DATA / "prompts.toml")
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        return {name: part["question"] for name, part in told.items() if isinstance(part, dict)}
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise ComplexityError(f"{path}: {error}") from error


def cut(text: str) -> str:
    """A text in one line, of at most ``LONGEST`` characters."""
    return " ".join(text[: 4 * LONGEST].split())[:LONGEST]


def classification_items(
    texts: Sequence[str], labels: Sequence[object], *, n: int, rng: np.random.Generator
) -> list[Item]:
    """Which of all labels of the task fits; underscores of labels are read as blanks."""
    names = sorted({str(label) for label in labels})
    options = tuple(name.replace("_", " ") for name in names)
    place = {name: at for at, name in enumerate(names)}
    return [Item("Classification", (texts[i],), options, place[str(labels[i])]) for i in _drawn(len(texts), n, rng)]


def pair_items(
    first: Sequence[str], second: Sequence[str], labels: Sequence[int], *, n: int, rng: np.random.Generator
) -> list[Item]:
    """Do the two say the same: yes or no; the label 1 is yes."""
    drawn = _drawn(len(first), n, rng)
    return [Item("PairClassification", (first[i], second[i]), (), float(int(labels[i]) == 1)) for i in drawn]


def sts_items(
    first: Sequence[str],
    second: Sequence[str],
    scores: Sequence[float],
    *,
    low: float = 0.0,
    high: float = 5.0,
    n: int,
    rng: np.random.Generator,
) -> list[Item]:
    """How alike the two are, from 0 to 5; scores on another scale are moved to this one."""
    right = (np.asarray(scores, dtype=float) - low) / (high - low) * GRADES[-1]
    return [Item("STS", (first[i], second[i]), (), float(right[i])) for i in _drawn(len(first), n, rng)]


def retrieval_items(
    queries: Mapping[str, str],
    corpus: Mapping[str, str],
    relevant: Mapping[str, Sequence[str]],
    *,
    n: int,
    rng: np.random.Generator,
    choices: int = CHOICES,
) -> list[Item]:
    """Which of ``choices`` passages answers the query: one relevant, the others drawn from those that are not."""
    known = [query for query in queries if any(document in corpus for document in relevant.get(query, ()))]
    documents = list(corpus)
    items = []
    for at in _drawn(len(known), n, rng):
        good = [document for document in relevant[known[at]] if document in corpus]
        right = corpus[good[int(rng.integers(len(good)))]]
        bad = _others(documents, set(relevant[known[at]]), right, corpus, choices - 1, rng)
        items.append(_choice("Retrieval", (queries[known[at]],), right, bad, rng))
    return [item for item in items if len(item.options) > 1]


def reranking_items(
    queries: Sequence[str],
    positive: Sequence[Sequence[str]],
    negative: Sequence[Sequence[str]],
    *,
    n: int,
    rng: np.random.Generator,
    choices: int = CHOICES,
) -> list[Item]:
    """Which of the query's own candidates answers it: one positive, the others negative ones."""
    items = []
    for at in _drawn(len(queries), n, rng):
        if positive[at] and negative[at]:
            right = positive[at][int(rng.integers(len(positive[at])))]
            bad = [negative[at][i] for i in rng.permutation(len(negative[at]))[: choices - 1]]
            items.append(_choice("Reranking", (queries[at],), right, bad, rng))
    return items


def clustering_items(
    texts: Sequence[str], labels: Sequence[object], *, n: int, rng: np.random.Generator, choices: int = CHOICES
) -> list[Item]:
    """Which text is of another topic than the others.

    Raises:
        ComplexityError: no topic has enough texts, or there is but one topic.
    """
    by_label: dict[object, list[str]] = {}
    for text, label in zip(texts, labels, strict=True):
        by_label.setdefault(label, []).append(text)
    large = [label for label, members in by_label.items() if len(members) >= choices - 1]
    if not large or len(by_label) < 2:
        raise ComplexityError(f"clustering: expected two topics, one of them with {choices - 1} texts")
    items = []
    for _ in range(min(n, len(texts))):
        topic = large[int(rng.integers(len(large)))]
        rest = [label for label in by_label if label != topic]
        odd = by_label[rest[int(rng.integers(len(rest)))]]
        same = [by_label[topic][i] for i in rng.permutation(len(by_label[topic]))[: choices - 1]]
        items.append(_choice("Clustering", (), odd[int(rng.integers(len(odd)))], same, rng))
    return items


def summarization_items(
    texts: Sequence[str], summaries: Sequence[str], *, n: int, rng: np.random.Generator, choices: int = CHOICES
) -> list[Item]:
    """Which summary is the text's own, beside those of other texts."""
    items = []
    for at in _drawn(len(texts), n, rng):
        others = [i for i in rng.permutation(len(texts)) if texts[i] != texts[at] and summaries[i] != summaries[at]]
        bad = [summaries[i] for i in others[: choices - 1]]
        if bad:
            items.append(_choice("Summarization", (texts[at],), summaries[at], bad, rng))
    return items


def _drawn(size: int, n: int, rng: np.random.Generator) -> list[int]:
    return [int(i) for i in rng.permutation(size)[:n]]


def _choice(task_type: str, texts: tuple[str, ...], right: str, wrong: Sequence[str], rng: np.random.Generator) -> Item:
    """An item whose options are in an order of chance."""
    place = int(rng.integers(len(wrong) + 1))
    return Item(task_type, texts, (*wrong[:place], right, *wrong[place:]), place)


def _others(
    documents: Sequence[str],
    relevant: set[str],
    right: str,
    corpus: Mapping[str, str],
    n: int,
    rng: np.random.Generator,
) -> list[str]:
    """Texts of documents that are not relevant and not the same text."""
    found: list[str] = []
    for at in rng.permutation(len(documents)):
        if len(found) == n:
            break
        text = corpus[documents[at]]
        if documents[at] not in relevant and text != right and text not in found:
            found.append(text)
    return found
