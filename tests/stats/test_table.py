"""The scores table is checked at the door: every mistake gets one line that names the place."""

from pathlib import Path

import pandas as pd
import pytest

from findomain.errors import ScoresError
from findomain.stats.table import check_domain, check_scores, read_scores


def table(**changes: list[object]) -> pd.DataFrame:
    columns: dict[str, list[object]] = {
        "model": ["a", "a", "b"],
        "task": ["t", "u", "t"],
        "task_type": ["STS", "STS", "STS"],
        "domain": ["finance", "general", "finance"],
        "score": [0.5, 0.6, 0.7],
    }
    return pd.DataFrame(columns | changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"score": [0.5, 1.2, 0.7]}, "row 2: score is 1.2, expected a number from 0 to 1"),
        ({"score": [0.5, -0.1, 0.7]}, "row 2: score is -0.1"),
        ({"score": ["0.5", "high", "0.7"]}, "row 2: score is high"),
        ({"score": [0.5, float("nan"), 0.7]}, "row 2: score is empty"),
        ({"model": ["a", None, "b"]}, "row 2: model is empty"),
        ({"domain": ["finance", "general", "general"]}, "task t has two values of domain: finance, general"),
        ({"task_type": ["STS", "STS", "Retrieval"]}, "task t has two values of task_type"),
        ({"task": ["t", "t", "u"], "domain": ["finance"] * 3}, "row 2: a on t is given twice"),
    ],
)
def test_a_bad_table_is_one_clear_line(changes: dict[str, list[object]], message: str) -> None:
    with pytest.raises(ScoresError, match=r"^scores: ") as caught:
        check_scores(table(**changes))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_columns_are_named() -> None:
    with pytest.raises(ScoresError, match="no column domain, score; expected model, task"):
        check_scores(table().drop(columns=["score", "domain"]))


def test_an_empty_table_is_refused() -> None:
    with pytest.raises(ScoresError, match="no rows"):
        check_scores(table().head(0))


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl"])
def test_every_format_reads_the_same(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"scores{suffix}"
    writers = {
        ".csv": lambda frame: frame.to_csv(path, index=False),
        ".parquet": lambda frame: frame.to_parquet(path),
        ".jsonl": lambda frame: frame.to_json(path, orient="records", lines=True),
    }
    writers[suffix](table())
    assert read_scores(path)["score"].tolist() == [0.5, 0.6, 0.7]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("scores.xlsx", b"", "expected a file ending in .csv, .parquet, .jsonl"),
        ("gone.csv", None, "no such file"),
        ("scores.csv", b"", "cannot be read as csv"),
        ("scores.csv", b"model,task\n\xff\xfe,1\n", "cannot be read as csv"),
        ("scores.parquet", b"not parquet", "cannot be read as parquet"),
        ("scores.jsonl", b"{broken", "cannot be read as jsonl"),
    ],
)
def test_a_wrong_file_is_one_clear_line(tmp_path: Path, name: str, content: bytes | None, message: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ScoresError, match=message) as caught:
        read_scores(tmp_path / name)
    assert "\n" not in str(caught.value)


def test_the_domain_must_be_there_and_not_be_all() -> None:
    with pytest.raises(ScoresError, match="no task has the domain 'law'; the table has: finance, general"):
        check_domain(table(), "law")
    with pytest.raises(ScoresError, match="nothing to compare"):
        check_domain(table(domain=["finance"] * 3), "finance")
