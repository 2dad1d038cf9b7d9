"""The table of specialists is sound, its bases are right, and the printed tests give what they imply."""

from __future__ import annotations

from pathlib import Path

import pytest
from scipy import stats as reference

from findomain import published
from findomain.errors import PublishedError


def test_every_specialist_is_known_or_says_where_it_is_from() -> None:
    table, models = published.load_specialists(), published.load_models().set_index("model")
    elsewhere = table[table["kind"].isin(["table", "live"])]["specialist"]
    assert set(table["specialist"]) - set(models.index) == set(elsewhere)
    assert set(table["kind"]) == set(published.KINDS)
    assert (table["source"] != "").all()
    tuned = table[(table["kind"] == "tuned") & (table["source"] == "registry of mteb")]
    assert (tuned["base"].to_numpy() == models.loc[tuned["specialist"], "base_model"].to_numpy()).all()


def test_base_of_medembed_by_its_size() -> None:
    table, models = published.load_specialists().set_index("specialist"), published.load_models().set_index("model")
    name = "abhinand/MedEmbed-small-v0.1"
    size, declared, ours = (
        models.loc[model, ["n_parameters", "dimensions"]].to_numpy(float)
        for model in (name, models.loc[name, "base_model"], table.loc[name, "base"])
    )
    assert size == pytest.approx(ours, rel=0.01)
    assert size != pytest.approx(declared, rel=0.5)
    assert "bge-base" in table.loc[name, "note"]


def test_one_domain_and_an_unknown_one() -> None:
    assert set(published.load_specialists(domain="law")["domain"]) == {"law"}
    with pytest.raises(
        PublishedError, match="no specialist for the domain 'cooking'; there are some for: finance, law"
    ):
        published.load_specialists(domain="cooking")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("a,b,law,odd,us,", "row 2: kind is 'odd'; expected one of tuned"),
        ("a,b,law,tuned,us,\na,b,law,tuned,us,", "row 3: a is there twice"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, row: str, message: str) -> None:
    path = tmp_path / "specialists.csv"
    path.write_text(f"specialist,base,domain,kind,source,note\n{row}\n", encoding="utf-8")
    with pytest.raises(PublishedError, match=message):
        published.load_specialists(path=path)


def test_a_bad_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "specialists.csv"
    with pytest.raises(PublishedError, match="cannot be read"):
        published.load_specialists(path=path)
    path.write_text("specialist,base\na,b\n", encoding="utf-8")
    with pytest.raises(PublishedError, match="expected specialist, base, domain"):
        published.load_specialists(path=path)


def test_printed_tests_imply_their_p() -> None:
    table = published.printed_pairs()
    assert len(table) == 14
    again = 2 * reference.t.sf(table["t"].abs(), table["n_datasets"] - 1)
    assert again == pytest.approx(table["p_value"])
    assert ((table["ci_low"] > 0) | (table["ci_high"] < 0)).equals(table["p_value"] < 0.05)
    estimates = published.printed_estimates("FinBERT against BERT")
    assert [e.n_tasks for e in estimates] == table["n_datasets"].tolist()[7:]
    with pytest.raises(PublishedError, match="there are: Fin-E5 against e5-mistral"):
        published.printed_estimates("BERT against nothing")
