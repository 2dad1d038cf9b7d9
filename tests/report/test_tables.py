"""Searchable tables: the same html for the same frame, nothing that could break the page."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from findomain.errors import FindomainError
from findomain.report.tables import searchable

FRAME = pd.DataFrame(
    {
        "model": ["a<b>", "c&d"],
        "score": [0.12345, np.nan],
        "n": pd.array([3, None], dtype="Int64"),
        "open": [True, False],
        "url": ["https://example.org/?a=1&b=2", None],
    }
)


def test_html_is_escaped_complete_and_deterministic() -> None:
    html = searchable(FRAME, "tbl-models", title='The "models"', links={"model": "url"}).to_html()
    assert html == searchable(FRAME, "tbl-models", title='The "models"', links={"model": "url"}).to_html()
    assert '<td><a href="https://example.org/?a=1&amp;b=2">a&lt;b&gt;</a></td>' in html
    assert "<td>c&amp;d</td>" in html
    assert '<td class="fd-number">0.123</td>' in html
    assert 'aria-label="The &quot;models&quot;"' in html
    assert html.count("<tr>") == 3
    assert "<script" not in html
    assert "https://" not in html.replace("https://example.org", "")


def test_text_holds_what_is_shown() -> None:
    bundle = searchable(FRAME, "tbl-models", digits={"score": 2}, links={"model": "url"})._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    assert bundle["text/plain"].split("\n") == ["model\tscore\tn\topen", "a<b>\t0.12\t3\tyes", "c&d\t\t\tno"]


def test_minus_zero_is_zero() -> None:
    assert searchable(pd.DataFrame({"x": [-0.0001]}), "tbl-x").to_text() == "x\n0.000"


def test_named_index_is_a_column() -> None:
    frame = pd.DataFrame({"gap": [0.1]}, index=pd.Index(["STS"], name="task type"))
    assert searchable(frame, "tbl-x").to_text().startswith("task type\tgap")


@pytest.mark.parametrize("table_id", ["", "Tbl", "1x", "a b", 'x"y'])
def test_bad_id_is_refused(table_id: str) -> None:
    with pytest.raises(FindomainError, match="table id"):
        searchable(FRAME, table_id)


def test_unknown_link_and_doubled_column_are_refused() -> None:
    with pytest.raises(FindomainError, match="no column address to link"):
        searchable(FRAME, "tbl-x", links={"model": "address"})
    with pytest.raises(FindomainError, match="same name"):
        searchable(FRAME.set_axis(["a", "a", "b", "c", "d"], axis=1), "tbl-x")
