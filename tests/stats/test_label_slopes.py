"""Many labellings at once: equal to one regression after the other, and to statsmodels on single scores."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from scipy import stats

from findomain.stats.label_slopes import cell_matrix, score_slopes, task_slopes, welch_slopes
from findomain.stats.regression import regress, task_table
from findomain.stats.simulate import Design, simulate_scores


@pytest.fixture(scope="module")
def drawn():  # noqa: ANN201
    rng = np.random.default_rng(4)
    table = task_table(simulate_scores(Design(n_models=25, n_tasks=70, n_domain_tasks=15), rng))
    x = rng.normal(size=len(table.frame))
    labels = rng.random((6, len(x))) < 0.3
    levels = pd.get_dummies(table.frame["task_type"]).to_numpy(float)
    return table, x, labels, np.column_stack([levels, x])


def test_equal_to_regress(drawn) -> None:  # noqa: ANN001
    table, x, labels, controls = drawn
    found = task_slopes(table, controls, labels, used=np.ones(len(x), dtype=bool))
    for k, label in enumerate(labels):
        slope = regress(table, pd.DataFrame({"label": label.astype(float), "x": x}))["label"]
        assert found.estimate[k] == pytest.approx(slope.estimate.estimate)
        assert found.se[k] == pytest.approx(slope.estimate.se)
        assert found.df[k] == pytest.approx(slope.df)
        assert found.p_value[k] == pytest.approx(slope.estimate.p_value)
        assert found.estimate[k] + found.half[k] == pytest.approx(slope.estimate.ci_high)


def test_equal_to_regress_on_part_of_the_tasks(drawn) -> None:  # noqa: ANN001
    table, x, labels, controls = drawn
    used = table.frame["task_type"].isin(["Classification", "Retrieval"]).to_numpy() & (x < 1)
    found = task_slopes(table, controls[used], labels[:, used], used=used)
    columns = pd.DataFrame({"label": labels[0].astype(float), "x": np.where(used, x, np.nan)})
    slope = regress(table, columns)["label"]
    assert found.estimate[0] == pytest.approx(slope.estimate.estimate)
    assert found.se[0] == pytest.approx(slope.estimate.se)
    assert found.df[0] == pytest.approx(slope.df)


def test_cells_equal_to_statsmodels(drawn) -> None:  # noqa: ANN001
    table, x, labels, controls = drawn
    score, present = cell_matrix(table)
    naive, two_way = score_slopes(score, present, controls, labels)
    model, task = np.nonzero(present)
    cells = pd.DataFrame({"score": score[model, task], "model": model, "task": task, "x": x[task]})
    cells["kind"] = table.frame["task_type"].to_numpy()[task]
    for k, label in enumerate(labels):
        ols = smf.ols("score ~ 0 + C(kind) + x + label", cells.assign(label=label[task].astype(float)))
        plain = ols.fit()
        assert naive.estimate[k] == pytest.approx(plain.params["label"])
        assert naive.se[k] == pytest.approx(plain.bse["label"])
        assert naive.df[k] == plain.df_resid
        parts = [
            ols.fit(cov_type="cluster", cov_kwds={"groups": cells[name], "use_correction": False}).bse["label"] ** 2
            * cells[name].nunique()
            / (cells[name].nunique() - 1)
            for name in ("task", "model")
        ]
        single = ols.fit(cov_type="HC0").bse["label"] ** 2
        assert two_way.se[k] ** 2 == pytest.approx(max(sum(parts) - single, *parts))


def test_welch() -> None:
    rng = np.random.default_rng(0)
    values, labels = rng.normal(size=40), rng.random((3, 40)) < 0.4
    found = welch_slopes(np.ones(40), values, values**2, labels)
    for k, label in enumerate(labels):
        expected = stats.ttest_ind(values[label], values[~label], equal_var=False)
        assert found.p_value[k] == pytest.approx(expected.pvalue)
        assert found.estimate[k] == pytest.approx(values[label].mean() - values[~label].mean())


def test_what_cannot_be_told_is_nan(drawn) -> None:  # noqa: ANN001
    table, x, _, controls = drawn
    every = np.ones(len(x), dtype=bool)
    one = np.arange(len(x)) == 5
    labels = np.stack([np.zeros(len(x)), every, one])  # nothing, everything, one task that fits itself
    assert np.isnan(task_slopes(table, controls, labels, used=every).p_value).all()
    assert np.isnan(welch_slopes(np.ones(len(x)), x, x**2, labels).p_value).all()
