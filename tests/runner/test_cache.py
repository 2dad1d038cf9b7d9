"""Embeddings on disk: found by content, whole or not there, whatever happens to the file."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from findomain.errors import RunError
from findomain.paths import cache_folder
from findomain.runner import EmbeddingCache
from findomain.runner.cache import text_key


def keys(*texts: str) -> list[bytes]:
    return [text_key("", text) for text in texts]


def filled(folder: Path, n: int = 20) -> tuple[EmbeddingCache, list[bytes], np.ndarray]:
    cache = EmbeddingCache.of("0123", folder)
    names = keys(*map(str, range(n)))
    vectors = np.random.default_rng(0).normal(size=(n, 8)).astype(np.float32)
    cache.put(names, vectors)
    return cache, names, vectors


def test_what_was_put_is_found_bit_by_bit(tmp_path: Path) -> None:
    _, names, vectors = filled(tmp_path, 1203)
    found = EmbeddingCache.of("0123", tmp_path).get([*names, *keys("another")])
    assert set(found) == set(names)
    np.testing.assert_array_equal(np.stack([found[name] for name in names]), vectors)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5)), unique=True, max_size=20))
def test_prompt_and_text_are_told_apart(pairs: list[tuple[str, str]]) -> None:
    # A zero character between them would blur where one ends.
    clean = {(prompt.replace("\0", ""), text) for prompt, text in pairs}
    assert len({text_key(*pair) for pair in clean}) == len(clean)


def test_a_text_that_is_not_unicode_has_a_key() -> None:
    assert text_key("", "\ud800") != text_key("", "\ud801")


def test_encoders_do_not_share(tmp_path: Path) -> None:
    _, names, _ = filled(tmp_path)
    assert EmbeddingCache.of("4567", tmp_path).get(names) == {}


def test_a_flipped_bit_is_as_good_as_nothing(tmp_path: Path) -> None:
    cache, names, _ = filled(tmp_path)
    with sqlite3.connect(cache.path) as connection:
        (vector,) = connection.execute("SELECT vector FROM embeddings WHERE key = ?", [names[3]]).fetchone()
        broken = bytes([vector[0] ^ 1]) + vector[1:]
        connection.execute("UPDATE embeddings SET vector = ? WHERE key = ?", [broken, names[3]])
    connection.close()
    assert set(cache.get(names)) == set(names) - {names[3]}


@pytest.mark.parametrize("damage", ["garbage", "truncated", "empty"])
def test_a_damaged_file_is_put_aside_and_made_anew(tmp_path: Path, damage: str) -> None:
    cache, names, vectors = filled(tmp_path, 500)
    raw = cache.path.read_bytes()
    cache.path.write_bytes({"garbage": b"no database" * 999, "truncated": raw[: len(raw) // 3], "empty": b""}[damage])
    for suffix in ("-wal", "-shm"):
        cache.path.with_name(cache.path.name + suffix).unlink(missing_ok=True)
    found = cache.get(names)
    assert all((found[name] == vectors[names.index(name)]).all() for name in found)
    cache.put(names, vectors)
    assert set(cache.get(names)) == set(names)


def test_a_folder_that_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "embeddings").write_text("a file")
    with pytest.raises(RunError, match="FINDOMAIN_CACHE names another folder"):
        filled(tmp_path)


def test_several_writers_at_once(tmp_path: Path) -> None:
    def write(_: int) -> None:
        cache = EmbeddingCache.of("0123", tmp_path)
        for start in range(0, 200, 20):
            names = keys(*map(str, range(start, start + 20)))
            cache.put(names, np.full((20, 4), start, dtype=np.float32))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    names = keys(*map(str, range(200)))
    found = EmbeddingCache.of("0123", tmp_path).get(names)
    assert [found[name][0] for name in names] == [i // 20 * 20 for i in range(200)]


def test_the_folder_is_named_by_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FINDOMAIN_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv("FINDOMAIN_CACHE")
    assert cache_folder().name == "findomain"
