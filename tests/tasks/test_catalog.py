"""What is known by name: complete, pinned, and what the study's own code and mteb say."""

from __future__ import annotations

import csv
from itertools import product

import pytest

from findomain.errors import TaskError
from findomain.paths import DATA
from findomain.tasks import (
    MAIN_METRICS,
    TASK_TYPES,
    catalog,
    folder_task,
    get_suite,
    get_task,
    load_data,
    pair_ids,
    suites,
)

# MTEB counts the twelve forums of CQADupstack as one and has 56 tasks.
SIZES = {"FinMTEB(eng)": 35, "FinMTEB(zho)": 28, "MTEB(eng, v1)": 67, "MTEB(zho, v1)": 31, "Mirror": 14}


def test_every_name_is_its_key_and_every_revision_is_pinned() -> None:
    for name, task in catalog().items():
        assert task.name == name
        assert task.task_type in TASK_TYPES
        assert task.language in ("eng", "zho")
        assert task.path.count("/") == 1
        # The matched pairs lie in this checkout and carry no revision of their own.
        assert (task.source, len(task.revision)) == (("mirror", 0) if name.startswith("Mirror") else ("hub", 40))


@pytest.mark.parametrize(("suite", "n"), SIZES.items())
def test_suites_are_complete(suite: str, n: int) -> None:
    tasks = get_suite(suite)
    assert len(tasks) == len({task.name for task in tasks}) == n
    assert {task.language for task in tasks} == {"zho" if "zho" in suite else "eng"}


def test_mteb_counts_twelve_forums_as_one() -> None:
    forums = [task for task in get_suite("MTEB(eng, v1)") if task.name.startswith("CQADupstack")]
    assert SIZES["MTEB(eng, v1)"] - len(forums) + 1 == 56


def test_every_task_is_in_a_suite() -> None:
    assert {name for names in suites().values() for name in names} == set(catalog())


def test_finmteb_is_what_its_code_defines() -> None:
    """Against the table that was transcribed from the public code (data/SOURCES.md)."""
    with (DATA / "paper" / "finmteb_tasks.csv").open(encoding="utf-8", newline="") as lines:
        defined = {(row["hub_path"], row["hub_revision"], row["eval_split"]): row for row in csv.DictReader(lines)}
    tasks = [task for suite in ("FinMTEB(eng)", "FinMTEB(zho)") for task in get_suite(suite)]
    assert {(task.path, task.revision, task.split) for task in tasks} == set(defined)
    for task in tasks:
        assert task.task_type == defined[task.path, task.revision, task.split]["task_type"]
        assert (task.domain, task.protocol) == ("finance", "finmteb")


def test_the_task_that_stands_twice_is_marked() -> None:
    assert [task.name for task in catalog().values() if task.same_as] == ["HeadlinePDUPairClassification"]
    assert get_task("HeadlinePDUPairClassification").revision == get_task("HeadlineACPairClassification").revision


def test_mteb_tasks_are_what_mteb_says() -> None:
    mteb = pytest.importorskip("mteb", reason="the reference library is the extra 'import'")
    for suite in ("MTEB(eng, v1)", "MTEB(zho, v1)"):
        for task in get_suite(suite):
            facts = mteb.get_task(task.name).metadata
            assert (task.task_type, task.path, task.revision) == (
                facts.type,
                facts.dataset["path"],
                facts.dataset["revision"],
            )
            assert task.split in facts.eval_splits
            assert task.metric in (facts.main_score.removeprefix("max_over_subqueries_"), MAIN_METRICS[task.task_type])


def test_unknown_names_are_answered_with_the_nearest() -> None:
    with pytest.raises(
        TaskError, match=r"unknown task 'FiQARetrieval' \(did you mean FinQARetrieval, FiQA2018Retrieval"
    ):
        get_task("FiQARetrieval")
    with pytest.raises(TaskError, match=r"unknown suite 'FinMTEB' \(did you mean FinMTEB"):
        get_suite("FinMTEB")


def test_mirror_has_every_type_in_both_domains_as_its_folders_say() -> None:
    tasks = get_suite("Mirror")
    assert {(task.task_type, task.domain) for task in tasks} == set(product(TASK_TYPES, ("finance", "general")))
    for task in tasks:
        told = folder_task(DATA / "mirror" / task.path)
        assert (told.name, told.task_type, told.domain) == (task.name, task.task_type, task.domain)
        assert (told.language, told.split, told.metric, told.protocol) == ("eng", task.split, task.metric, "mteb")


def test_mirror_items_stand_in_the_same_order_in_both_domains() -> None:
    for task in get_suite("Mirror"):
        if task.domain == "finance":
            twin = get_task(task.name.replace("Finance", "General"))
            ids = pair_ids(task)
            assert ids == pair_ids(twin)
            assert load_data(task).n_items == load_data(twin).n_items == len(ids) == len(set(ids))
    with pytest.raises(TaskError, match="FINAL: its items are in no pairs; those of the suite Mirror are"):
        pair_ids(get_task("FINAL"))
