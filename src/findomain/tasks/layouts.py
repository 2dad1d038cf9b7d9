"""From tables as they lie on a hub or a disk to the data of a task: every layout that the datasets have had."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping

from findomain.errors import TaskError
from findomain.tasks import raw
from findomain.tasks.data import (
    ClassificationData,
    ClusteringData,
    PairData,
    RerankingData,
    RetrievalData,
    SummarizationData,
    TaskData,
)
from findomain.tasks.raw import Table
from findomain.tasks.spec import Task

Tables = Mapping[str, Table]


def read_data(task: Task, tables: Tables) -> TaskData:
    """The data of a task from its tables, checked before anything is encoded.

    ``tables`` holds the splits by name, or ``corpus``, ``queries`` and ``qrels`` for Retrieval.

    Raises:
        TaskError: a missing split or column, an empty text, an unknown or doubled id, a label without examples.
    """
    return READERS[task.task_type](task, tables)


def _split(task: Task, tables: Tables, name: str) -> Table:
    if name not in tables:
        has = ", ".join(sorted(tables)) or "nothing"
        raise TaskError(f"{task.name}: no split {name} in {task.path or 'the data'} (it has {has})")
    if tables[name].frame.empty:
        raise TaskError(f"{tables[name].origin}: no rows")
    return tables[name]


def _exploded(table: Table, columns: tuple[str, ...], renames: Mapping[str, str]) -> Table:
    """A single row of equally long lists, as older datasets have it, as a row for each element."""
    found = [table.find(name, renames) for name in columns]
    first = table.frame.iloc[0][found[0]] if found[0] is not None else None
    if len(table.frame) != 1 or not isinstance(raw.plain(first), list):
        return table
    row = {name: raw.plain(table.frame.iloc[0][name]) for name in found if name is not None}
    lengths = {name: len(values) for name, values in row.items() if isinstance(values, list)}
    if len(set(lengths.values())) > 1:
        raise TaskError(f"{table.row(0)}: lists of different lengths: {lengths}")
    return Table(type(table.frame)(row), f"{table.row(0)}, in its lists", 1)


def _classification(task: Task, tables: Tables) -> ClassificationData:
    train, test = (
        _exploded(_split(task, tables, name), ("text", "label"), task.columns)
        for name in (task.train_split, task.split)
    )
    train_labels = raw.labels(train.column("label", task.columns), train.row)
    test_labels = raw.labels(test.column("label", task.columns), test.row)
    known = set(train_labels)
    for place, label in enumerate(test_labels):
        if label not in known:
            raise TaskError(f"{test.row(place)}: label {label!r} has no example in {train.origin}")
    if len(known) < 2:
        raise TaskError(f"{train.origin}: a single label ({train_labels[0]!r}), nothing to classify")
    train_texts = raw.texts(train, "text", task.columns)
    return ClassificationData(train_texts, train_labels, raw.texts(test, "text", task.columns), test_labels)


def _clustering(task: Task, tables: Tables) -> ClusteringData:
    table = _split(task, tables, task.split)
    texts, labels = table.column("text", task.columns), table.column("label", task.columns)
    if isinstance(texts[0], list):
        return _cluster_sets(table, texts, labels)
    plain = raw.texts(table, "text", task.columns)
    single = [value[0] if isinstance(value, list) and len(value) == 1 else value for value in labels]
    return ClusteringData((plain,), (_several(raw.labels(single, table.row), table.origin),), flat=True)


def _cluster_sets(table: Table, texts: list[object], labels: list[object]) -> ClusteringData:
    sets = []
    for place, (members, given) in enumerate(zip(texts, labels, strict=True)):
        where = table.row(place)
        if not isinstance(members, list) or not isinstance(given, list) or len(members) != len(given):
            raise TaskError(f"{where}: texts and labels are not lists of one length")
        for i, value in enumerate(members):
            raw.check_text(value, lambda where=where, i=i: f"{where}, text {i + 1}")
        checked = raw.labels(given, lambda i, where=where: f"{where}, text {i + 1}")
        sets.append((tuple(members), _several(checked, where)))
    return ClusteringData(tuple(s[0] for s in sets), tuple(s[1] for s in sets), flat=False)


def _several(labels: tuple[int | str, ...], where: str) -> tuple[int | str, ...]:
    if len(set(labels)) < 2:
        raise TaskError(f"{where}: a single label, nothing to cluster")
    return labels


def _pairs(task: Task, tables: Tables, target: str) -> PairData:
    names = ("sentence1", "sentence2", target)
    table = _exploded(_split(task, tables, task.split), names, task.columns)
    first, second = (raw.texts(table, name, task.columns) for name in names[:2])
    return PairData(first, second, raw.numbers(table, target, task.columns))


def _pair_classification(task: Task, tables: Tables) -> PairData:
    data = _pairs(task, tables, "label")
    origin = tables[task.split].origin
    for place, target in enumerate(data.targets):
        if target not in (0.0, 1.0):
            raise TaskError(f"{tables[task.split].row(place)}: label is {target:g}, expected 0 or 1")
    if len(set(data.targets)) < 2:
        raise TaskError(f"{origin}: all pairs have the label {data.targets[0]:g}, nothing to judge")
    return data


def _sts(task: Task, tables: Tables) -> PairData:
    return _graded(task, tables, _pairs(task, tables, "score"))


def _graded(task: Task, tables: Tables, data: PairData) -> PairData:
    if len(set(data.targets)) < 2:
        raise TaskError(f"{tables[task.split].origin}: all scores are equal, nothing to correlate with")
    return data


def _summarization(task: Task, tables: Tables) -> SummarizationData | PairData:
    table = _split(task, tables, task.split)
    if task.protocol == "finmteb":
        texts, summaries = raw.texts(table, "text", task.columns), raw.texts(table, "summary", task.columns)
        return _graded(task, tables, PairData(texts, summaries, raw.numbers(table, "score", task.columns)))
    parts = {name: table.column(name, task.columns) for name in ("human_summaries", "machine_summaries", "relevance")}
    references, candidates, scores = ([_as_list(value) for value in parts[name]] for name in parts)
    for place, (given, judged) in enumerate(zip(candidates, scores, strict=True)):
        if len(given) != len(judged) or not references[place]:
            raise TaskError(
                f"{table.row(place)}: {len(given)} machine summaries, {len(judged)} scores, "
                f"{len(references[place])} human summaries"
            )
    return SummarizationData(
        _nested(references, table, "human summary"),
        _nested(candidates, table, "machine summary"),
        tuple(tuple(raw.as_number(s, table.row(i)) for s in judged) for i, judged in enumerate(scores)),
    )


def _reranking(task: Task, tables: Tables) -> RerankingData:
    if "corpus" in tables:
        return _ranked_candidates(task, tables)
    table = _split(task, tables, task.split)
    names = ("query", "positive", "negative")
    queries, positive, negative = ([_as_list(v) for v in table.column(name, task.columns)] for name in names)
    both = [i for i in range(len(queries)) if positive[i] and negative[i]]
    if not both:
        raise TaskError(f"{table.origin}: no query has both positive and negative documents")
    return RerankingData(
        queries=_nested([queries[i] for i in both], table, "query"),
        candidates=_nested([positive[i] + negative[i] for i in both], table, "document"),
        ids=tuple(_numbered(len(positive[i]), len(negative[i])) for i in both),
        grades=tuple((1,) * len(positive[i]) + (0,) * len(negative[i]) for i in both),
        repairs=_dropped(len(queries) - len(both), "without positive or without negative documents"),
    )


def _numbered(n_positive: int, n_negative: int) -> tuple[str, ...]:
    """Identifiers by which a negative document comes before a positive one of equal similarity, as in mteb."""
    return tuple([f"a{i:05}" for i in range(n_positive)] + [f"n{i:05}" for i in range(n_negative)])


def _dropped(n_queries: int, why: str) -> tuple[str, ...]:
    return (f"{n_queries} queries {why} dropped",) if n_queries else ()


def _ranked_candidates(task: Task, tables: Tables) -> RerankingData:
    """Candidates by query as newer datasets have them: retrieval's tables and ``top_ranked`` beside."""
    data = _retrieval(task, tables)
    ranked = _split(task, tables, "top_ranked")
    listed = zip(ranked.column("query-id", task.columns), ranked.column("corpus-ids", task.columns), strict=True)
    candidates = {str(query): tuple(map(str, _as_list(ids))) for query, ids in listed}
    documents = dict(zip(data.corpus_ids, data.corpus, strict=True))
    for place, query in enumerate(data.query_ids):
        unknown = [key for key in candidates.get(query, ()) if key not in documents]
        if unknown or query not in candidates:
            what = f"document id {unknown[0]!r} is not in the corpus" if unknown else "no candidates"
            raise TaskError(f"{ranked.origin}: query {query!r} (number {place + 1}): {what}")
    wordings = _wordings(data, by_prefix=bool(task.settings.get("subqueries", 0)))
    ids = tuple(candidates[query] for query in wordings)
    return RerankingData(
        queries=tuple(wordings.values()),
        candidates=tuple(tuple(documents[key] for key in row) for row in ids),
        ids=ids,
        grades=tuple(tuple(data.qrels[q].get(key, 0) for key in row) for q, row in zip(wordings, ids, strict=True)),
        repairs=data.repairs,
    )


def _wordings(data: RetrievalData, *, by_prefix: bool) -> dict[str, tuple[str, ...]]:
    """Texts of each query by the id of the first; with ``by_prefix`` ids ``a_0``, ``a_1`` are wordings of one query."""
    groups: dict[str, list[int]] = {}
    for place, key in enumerate(data.query_ids):
        groups.setdefault(key.rpartition("_")[0] if by_prefix else key, []).append(place)
    return {data.query_ids[places[0]]: tuple(data.queries[place] for place in places) for places in groups.values()}


def _as_list(value: object) -> list[object]:
    if isinstance(value, list):
        return value
    return [] if value is None or value == "" else [value]


def _nested(values: list[list[object]], table: Table, what: str) -> tuple[tuple[str, ...], ...]:
    for place, row in enumerate(values):
        for i, value in enumerate(row):
            raw.check_text(value, lambda place=place, i=i: f"{table.row(place)}: {what} {i + 1}")
    return tuple(tuple(row) for row in values)


def _retrieval(task: Task, tables: Tables) -> RetrievalData:
    corpus, queries, judged = (_split(task, tables, name) for name in ("corpus", "queries", "qrels"))
    documents, document_repair = _texts_by_id(corpus, task, _documents(corpus, task), "documents")
    asked, query_repair = _texts_by_id(queries, task, raw.texts(queries, "text", task.columns), "queries")
    qrels = _qrels(task, judged, documents.keys(), asked.keys())
    # As the reference library does it: a query that nothing is relevant to cannot be judged.
    kept = [key for key in asked if any(grade > 0 for grade in qrels.get(key, {}).values())]
    if not kept:
        raise TaskError(f"{judged.origin}: no query has a relevant document")
    return RetrievalData(
        corpus_ids=tuple(documents),
        corpus=tuple(documents.values()),
        query_ids=tuple(kept),
        queries=tuple(asked[key] for key in kept),
        qrels={key: qrels[key] for key in kept},
        repairs=document_repair + query_repair + _dropped(len(asked) - len(kept), "without a relevant document"),
    )


def _texts_by_id(table: Table, task: Task, texts: tuple[str, ...], what: str) -> tuple[dict[str, str], tuple[str, ...]]:
    rows = raw.positions_by_id(table.column("id", task.columns), table)
    doubled = len(texts) - len(rows)
    repair = (f"{doubled} {what} dropped whose id a later one has too",) if doubled else ()
    return {key: texts[place] for key, place in rows.items()}, repair


def _documents(table: Table, task: Task) -> tuple[str, ...]:
    """Title and text joined, as retrieval benchmarks do."""
    bodies = table.column("text", task.columns)
    titles = table.column("title", {}) if "title" in table.frame.columns else [""] * len(bodies)
    joined = []
    for place, (title, body) in enumerate(zip(titles, bodies, strict=True)):
        parts = [part for part in (title, body) if isinstance(part, str)]
        joined.append(raw.check_text(" ".join(parts).strip(), lambda place=place: f"{table.row(place)}: document"))
    return tuple(joined)


def _qrels(task: Task, table: Table, documents: Container[str], queries: Container[str]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    ids = zip(table.column("query-id", task.columns), table.column("corpus-id", task.columns), strict=True)
    grades = raw.numbers(table, "score", task.columns)
    for place, (query, document) in enumerate(ids):
        query, document = str(query), str(document)
        if query not in queries:
            raise TaskError(f"{table.row(place)}: query id {query!r} is not among the queries")
        if document not in documents:
            raise TaskError(f"{table.row(place)}: document id {document!r} is not in the corpus")
        found.setdefault(query, {})[document] = int(grades[place])
    return found


READERS: Mapping[str, Callable[[Task, Tables], TaskData]] = {
    "Classification": _classification,
    "Clustering": _clustering,
    "PairClassification": _pair_classification,
    "Reranking": _reranking,
    "Retrieval": _retrieval,
    "STS": _sts,
    "Summarization": _summarization,
}
