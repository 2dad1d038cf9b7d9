"""The items of the suite as records, and every text beside its twin."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from findomain.tasks import Task, get_suite
from findomain.tasks.mirror import SIDES, SUITE, mirror_tables

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Item:
    """One item of one domain.

    Attributes:
        task_type: its type.
        domain: ``finance`` or ``general``.
        pair: what it shares with its twin.
        split: ``train`` or ``test``.
        field: what it is about: tax, cooking and so on.
        labels: gold: a class, a grade, or one of each part, as text.
        position: where the answer stands, where there is one: the sentence of the answering passage, or the places of
            the candidates that answer.
        texts: by slot.
    """

    task_type: str
    domain: str
    pair: str
    split: str
    field: str
    labels: tuple[str, ...]
    position: tuple[int, ...]
    texts: Mapping[str, str]


def mirror_items() -> tuple[Item, ...]:
    """Every item of the suite, in the order of its files.

    Raises:
        TaskError: a file of the suite cannot be read.
    """
    return tuple(item for task in get_suite(SUITE) for item in _items(task))


def _items(task: Task) -> Iterator[Item]:
    tables = {name: table.frame.to_dict("records") for name, table in mirror_tables(task).items()}
    if task.task_type == "Retrieval":
        tables = {task.split: list(_with_documents(tables))}
    for split in sorted(tables):
        for row in tables[split]:
            labels, position, texts = SLOTS[task.task_type](row)
            facts = (task.task_type, task.domain, str(row["pair_id"]), split, str(row["field"]))
            yield Item(*facts, tuple(labels), tuple(position), texts)


def _with_documents(tables: Mapping[str, list[Row]]) -> Iterator[Row]:
    """Each query with the documents that were written for it, the answering ones first."""
    relevant = {str(row["corpus-id"]) for row in tables["qrels"]}
    for query in tables["queries"]:
        written = [row for row in tables["corpus"] if row["pair_id"] == query["pair_id"]]
        written.sort(key=lambda row: (row["_id"] not in relevant, row["_id"]))
        yield {**query, "documents": [(row["text"], row["_id"] in relevant) for row in written]}


Parts = tuple[Iterable[str], Iterable[int], dict[str, str]]


def _labelled(row: Row) -> Parts:
    return [str(row["label"])], (), {"text": str(row["text"])}


def _two(row: Row) -> Parts:
    gold = row["label"] if "label" in row else row["score"]
    return [str(gold)], (), {"first": str(row["sentence1"]), "second": str(row["sentence2"])}


def _retrieval(row: Row) -> Parts:
    texts, labels = {"query": str(row["text"])}, []
    for place, (text, answers) in enumerate(row["documents"]):
        texts[f"document {place + 1}"] = text
        labels.append(str(int(answers)))
    return labels, [int(row["answer_position"])], texts


def _reranking(row: Row) -> Parts:
    relevant, others = iter(row["positive"]), iter(row["negative"])
    places = range(len(row["positive"]) + len(row["negative"]))
    labels = [int(place in row["relevant"]) for place in places]
    texts = {f"candidate {place + 1}": next(relevant if labels[place] else others) for place in places}
    return map(str, labels), row["relevant"], {"query": str(row["query"]), **texts}


def _summarization(row: Row) -> Parts:
    summaries = {f"summary {place + 1}": text for place, text in enumerate(row["machine_summaries"])}
    texts = {"document": str(row["text"]), "reference": row["human_summaries"][0], **summaries}
    return map(str, row["relevance"]), (), texts


SLOTS: Mapping[str, Callable[[Row], Parts]] = {
    "Classification": _labelled,
    "Clustering": _labelled,
    "PairClassification": _two,
    "Reranking": _reranking,
    "Retrieval": _retrieval,
    "STS": _two,
    "Summarization": _summarization,
}


def twin_texts(items: Iterable[Item]) -> pd.DataFrame:
    """A row a text and its twin: ``task_type, split, pair, slot, finance, general``; missing where there is none."""
    rows = [
        (item.task_type, item.split, item.pair, slot, item.domain, text)
        for item in items
        for slot, text in item.texts.items()
    ]
    frame = pd.DataFrame(rows, columns=["task_type", "split", "pair", "slot", "domain", "text"])
    wide = frame.pivot(index=["task_type", "split", "pair", "slot"], columns="domain", values="text")
    return wide.reindex(columns=list(SIDES)).rename_axis(columns=None).reset_index()
