"""Dates, makers and roots of the published models."""

from __future__ import annotations

from findomain import published, stats


def test_roots_follow_the_chain_of_bases() -> None:
    facts = published.model_facts()
    models = published.load_models().set_index("model")
    based = models["base_model"].ne("")
    assert (facts.loc[~based, "root"] == facts.index[~based]).all()
    assert (facts.loc[based, "root"] != facts.index[based]).all()
    assert facts.loc["Octen/Octen-Embedding-8B", "root"] == facts.loc["Qwen/Qwen3-Embedding-8B", "root"]
    assert facts["year"].dropna().between(2015, 2030).all()
    assert facts.loc["sentence-transformers/LaBSE", "year"] - 2019 < 1


def test_choices_name_flags_and_start_from_what_is_used() -> None:
    first = next(iter(published.CHOICES.values()))
    kept = stats.without_flagged(published.evidence(flagged=True), first)
    assert len(kept) == len(published.evidence())
    assert {flag for flags in published.CHOICES.values() for flag in flags} <= set(published.FLAGS)
