"""Facts of tasks: logarithms of what the shipped tables say, and measured datasets under their published names."""

import numpy as np

from findomain import profiles, published


def test_structure_is_that_of_the_shipped_table() -> None:
    facts, told = profiles.structure_facts(), profiles.load_descriptive().set_index("task")
    assert list(facts.columns) == list(profiles.STRUCTURE)
    assert facts.loc["FiQA2018", "n_documents"] == np.log10(told.loc["FiQA2018", "n_documents"])
    assert facts.loc["FiQA2018", "text_length"] == np.log10(told.loc["FiQA2018", "chars_mean"])
    assert facts.loc["FiQA2018", ["n_classes", "class_balance"]].isna().all()
    retrieval = published.load_tasks().query("task_type == 'Retrieval' and language == 'eng'")["task"]
    assert facts.reindex(retrieval)["n_documents"].notna().sum() >= len(retrieval) - 1


def test_measured_datasets_stand_for_published_tasks() -> None:
    facts = profiles.text_facts()
    assert facts.index.is_unique
    assert list(facts.columns[:4]) == ["gunning_fog", "dependency_distance", "entropy", "llm_error_rate"]
    assert facts.loc["stsbenchmark", "gunning_fog"] == facts.loc["STSBenchmark", "gunning_fog"]
    assert facts.loc["bq-zh", "gunning_fog"] != facts.loc["bq-zh", "gunning_fog"]  # no value for Chinese
