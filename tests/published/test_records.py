"""Result files are read from a folder or an archive; what cannot be read is one line that names the file."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pytest

from findomain.errors import PublishedError
from findomain.published.records import count_files, read_records

CURRENT = {"mteb_version": "1.18.0", "scores": {"test": [{"hf_subset": "default", "main_score": 0.5}]}}


def write(root: Path, name: str, content: object) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def pack(folder: Path, archive: Path, mode: str) -> Path:
    with tarfile.open(archive, mode) as tar:
        tar.add(folder / "results", arcname="results")
    return archive


def test_folder_checkout_and_archive_hold_the_same_records(tmp_path: Path) -> None:
    write(tmp_path, "results/a__b/r1/STS12.json", CURRENT)
    write(tmp_path, "results/a__b/r1/model_meta.json", {"name": "a/b"})
    checkout = list(read_records(tmp_path))
    assert [(r.model, r.revision, r.task, r.content) for r in checkout] == [("a/b", "r1", "STS12", CURRENT)]
    assert count_files(tmp_path) == count_files(tmp_path / "results") == 2
    for source in (
        tmp_path / "results",
        pack(tmp_path, tmp_path / "r.tar.xz", "w:xz"),
        pack(tmp_path, tmp_path / "r.tar.gz", "w:gz"),
    ):
        assert [(r.model, r.revision, r.task) for r in read_records(source)] == [("a/b", "r1", "STS12")]


@pytest.mark.parametrize(
    ("content", "message"),
    [("{not json", "STS12.json: not JSON"), ("[1, 2]", "expected a JSON object, found list"), ("", "not JSON")],
)
def test_a_malformed_file_is_named(tmp_path: Path, content: str, message: str) -> None:
    write(tmp_path, "results/a__b/r1/STS12.json", content)
    with pytest.raises(PublishedError, match=r"a__b/r1/STS12\.json: ") as caught:
        list(read_records(tmp_path))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_nothing_there_or_nothing_in_it(tmp_path: Path) -> None:
    with pytest.raises(PublishedError, match=r"missing: no such file or folder"):
        list(read_records(tmp_path / "missing"))
    with pytest.raises(PublishedError, match=r"no result files; expected results/<model>"):
        list(read_records(tmp_path))


def test_a_file_that_is_no_archive_is_named(tmp_path: Path) -> None:
    wrong = write(tmp_path, "results.tar.xz", "plain words")
    with pytest.raises(PublishedError, match=r"results\.tar\.xz: not a tar archive"):
        list(read_records(wrong))


def test_a_member_that_points_outside_is_never_written(tmp_path: Path) -> None:
    archive = tmp_path / "sly.tar"
    with tarfile.open(archive, "w") as tar:
        for name in ("../../escaped/r/STS12.json", "results/a__b/r1/STS12.json"):
            raw = json.dumps(CURRENT).encode()
            member = tarfile.TarInfo(name)
            member.size = len(raw)
            tar.addfile(member, io.BytesIO(raw))
    assert ("a/b", "STS12") in [(record.model, record.task) for record in read_records(archive)]
    assert [path.name for path in tmp_path.rglob("*")] == ["sly.tar"]
