"""The packaged models and the lexical encoders: known vectors, known limits, and how a wrong one is refused."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from findomain.encoders import Encoder, EncoderSpec, Options, Ranker, encoder_specs, fingerprint, get_spec, make_encoder
from findomain.encoders.lexical import TfIdf, words
from findomain.encoders.prompts import prompt_for
from findomain.encoders.sentence import SentenceEncoder
from findomain.encoders.static import StaticEncoder
from findomain.errors import EncoderError
from findomain.tasks import TASK_TYPES, Task

TASK = Task("any", "STS")
TEXTS = ["The bank raised its rate.", "The bank lowered its rate.", "银行提高了利率。", "x"]
PACKAGED = ("all-MiniLM-L6-v2", "sre-embedding-model", "wordllama-256", "use-multilingual-v3")
LEXICAL = ("bag-of-words", "tf-idf")


def encoded(name: str, texts: Sequence[str] = TEXTS) -> np.ndarray:
    return make_encoder(name).encode(texts, role="symmetric", task=TASK)


def cosine(first: np.ndarray, second: np.ndarray) -> float:
    return float(first @ second / np.linalg.norm(first) / np.linalg.norm(second))


@pytest.mark.parametrize(
    ("name", "width"),
    [*zip(PACKAGED, (384, 384, 256, 512), strict=True), *((name, 4096) for name in LEXICAL)],
)
def test_what_runs_offline(name: str, width: int) -> None:
    vectors = encoded(name)
    assert (vectors.shape, vectors.dtype) == ((4, width), np.float32)
    assert isinstance(make_encoder(name), Encoder)
    assert cosine(vectors[0], vectors[1]) > cosine(vectors[0], vectors[3])
    np.testing.assert_allclose(encoded(name, TEXTS[:2])[0], vectors[0], atol=1e-5 if name != "tf-idf" else 9)


def test_minilm_is_sentence_transformers() -> None:
    from sentence_transformers import SentenceTransformer

    spec = get_spec("all-MiniLM-L6-v2")
    model = SentenceTransformer(str(spec.folder() / spec.files["folder"]), local_files_only=True)
    np.testing.assert_allclose(encoded("all-MiniLM-L6-v2"), model.encode(TEXTS), atol=1e-6)


def test_static_is_sentence_transformers() -> None:
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer

    ours = make_encoder("wordllama-256")
    table, _ = ours._loaded
    theirs = StaticEmbedding(Tokenizer.from_file(str(ours.tokenizer)), embedding_weights=table)
    features = theirs.tokenize(TEXTS) if hasattr(theirs, "tokenize") else theirs.preprocess(TEXTS)
    expected = theirs(features)["sentence_embedding"].detach().numpy()
    np.testing.assert_allclose(encoded("wordllama-256"), expected, atol=1e-6)


def test_a_text_without_a_token_is_zeros() -> None:
    assert not encoded("wordllama-256", [""])[0].any()
    assert not encoded("bag-of-words", ["?!"])[0].any()


def test_random_vectors_belong_to_their_text_and_know_nothing_of_it() -> None:
    vectors = encoded("random")
    assert (vectors.shape, vectors.dtype) == ((4, 256), np.float32)
    np.testing.assert_array_equal(encoded("random", TEXTS[::-1])[::-1], vectors)
    many = encoded("random", [f"{TEXTS[0]} {i}" for i in range(400)])
    unit = many / np.linalg.norm(many, axis=1, keepdims=True)
    apart = (unit @ unit.T)[np.triu_indices(400, 1)]
    # Cosines of independent directions in d dimensions have mean 0 and standard deviation 1 / sqrt(d).
    assert abs(apart.mean()) < 5 / np.sqrt(len(apart) * 256)
    assert apart.std() == pytest.approx(1 / 16, rel=0.02)


def test_words_of_chinese_are_characters_and_neighbours() -> None:
    assert words("It's 银行 A-1") == ["it", "s", "银", "行", "a", "1", "银行"]


def test_bm25_prefers_rare_shared_words() -> None:
    ranker = make_encoder("bm25")
    assert isinstance(ranker, Ranker)
    assert not isinstance(ranker, Encoder)
    scores = ranker.ranker(["the bond yield", "the rose", "the the the"])(["the bond", "unknown words"])
    assert scores[0].argmax() == 0
    assert not scores[1].any()


def test_tf_idf_knows_what_is_rare_in_the_task() -> None:
    fitted = TfIdf().fitted(["the bond", "the rose", "the tree"])
    common, rare = fitted.encode(["the", "bond"], role="query", task=TASK)
    assert rare.max() > common.max()
    assert fingerprint(fitted.signature) != fingerprint(TfIdf().fitted(["the bond"]).signature)


def test_prompts_by_role_and_type() -> None:
    prompts = {"query": "Instruct: {instruction}\nQuery: ", "document": "passage: "}
    for task_type in TASK_TYPES:
        told = prompt_for(prompts, "query", Task("any", task_type))
        assert told.startswith("Instruct: ")
        assert "{" not in told
    assert prompt_for(prompts, "document", TASK) == "passage: "
    assert prompt_for(prompts, "symmetric", TASK) == ""
    with pytest.raises(EncoderError, match="unknown role 'querry' of a prompt"):
        make_encoder("all-MiniLM-L6-v2", Options(prompts={"querry": "x"}))


@pytest.mark.parametrize("change", [{"prompts": {"query": "q: "}}, {"max_length": 64}])
def test_what_shapes_an_embedding_is_in_its_fingerprint(change: dict) -> None:
    plain, changed = (fingerprint(make_encoder("all-MiniLM-L6-v2", Options(**o)).signature) for o in ({}, change))
    assert plain != changed
    assert plain == fingerprint(make_encoder("all-MiniLM-L6-v2", Options(batch_size=3, device="cpu")).signature)


def test_a_maximum_length_cuts() -> None:
    long = " ".join(f"word{i}" for i in range(300))
    cut = make_encoder("all-MiniLM-L6-v2", Options(max_length=16)).encode(
        [long, " ".join(long.split()[:80])], role="symmetric", task=TASK
    )
    np.testing.assert_allclose(cut[0], cut[1], atol=1e-5)


class Full:
    """A model whose memory holds four texts at once."""

    def __init__(self, room: int = 4) -> None:
        self.room, self.asked = room, []

    def encode(self, texts: list[str], *, batch_size: int, **_: object) -> np.ndarray:
        self.asked.append(batch_size)
        if batch_size > self.room:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2 GiB")
        return np.ones((len(texts), 3), dtype=np.float32)


def with_model(model: Full) -> SentenceEncoder:
    spec = get_spec("all-MiniLM-L6-v2")
    encoder = SentenceEncoder("full", spec.folder() / spec.files["folder"])
    encoder.__dict__["model"] = model
    return encoder


def test_a_batch_that_does_not_fit_is_halved() -> None:
    model = Full()
    assert with_model(model).encode(["a"] * 9, role="symmetric", task=TASK).shape == (9, 3)
    assert model.asked == [32, 16, 8, 4]
    with pytest.raises(EncoderError, match="full: out of memory with one text at a time"):
        with_model(Full(room=0)).encode(["a"], role="symmetric", task=TASK)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    spec = get_spec("all-MiniLM-L6-v2")
    shutil.copytree(spec.folder() / spec.files["folder"], tmp_path / "mine")
    return tmp_path / "mine"


def test_a_model_in_a_folder(copied: Path) -> None:
    found = make_encoder(str(copied))
    assert found.name == "mine"
    np.testing.assert_allclose(found.encode(TEXTS, role="symmetric", task=TASK), encoded("all-MiniLM-L6-v2"), atol=1e-6)


def test_weights_that_would_be_unpickled_are_refused(copied: Path) -> None:
    (copied / "model.safetensors").rename(copied / "pytorch_model.bin")
    with pytest.raises(EncoderError, match=r"weights are in pytorch_model.bin only; weights are loaded from safetens"):
        make_encoder(str(copied)).encode(TEXTS, role="symmetric", task=TASK)


def test_a_file_that_is_not_the_known_one_is_refused(copied: Path) -> None:
    known = get_spec("all-MiniLM-L6-v2").sha256
    with (copied / "model.safetensors").open("ab") as weights:
        weights.write(b"x")
    encoder = SentenceEncoder("changed", copied, sha256=known)
    with pytest.raises(EncoderError, match=r"model.safetensors has the hash .*, expected 53aa51172d14"):
        encoder.encode(TEXTS, role="symmetric", task=TASK)
    static = make_encoder("wordllama-256")
    broken = StaticEncoder("changed", static.weights, static.tokenizer, {static.weights.name: "0" * 64})
    with pytest.raises(EncoderError, match="expected 000000000000"):
        broken.encode(TEXTS, role="symmetric", task=TASK)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("all-MiniLM", Options(), r"unknown model 'all-MiniLM' \(did you mean all-MiniLM-L6-v2"),
        ("./nowhere", Options(), "nowhere: no such folder"),
        ("NV-Embed-v2", Options(), "runs code from the hub; allow it with --trust-remote-code"),
        ("Echo", Options(), "not runnable here"),
        ("https://host/v1", Options(), "expected an endpoint and its model"),
        ("owner/model", Options(trust_remote_code=True, revision=""), "requests are switched off|does not answer"),
    ],
)
def test_a_model_that_cannot_be_run(monkeypatch: pytest.MonkeyPatch, name: str, options: Options, message: str) -> None:
    monkeypatch.setenv("FINDOMAIN_OFFLINE", "1")
    with pytest.raises(EncoderError, match=message):
        make_encoder(name, options)


def test_code_of_a_model_needs_a_pinned_revision() -> None:
    with pytest.raises(EncoderError, match="--trust-remote-code needs a pinned revision: --revision COMMIT"):
        SentenceEncoder("any", "owner/model", trust_remote_code=True)


def test_the_registry_is_whole() -> None:
    specs = encoder_specs()
    names = [key for spec in specs.values() for key in (spec.name, *spec.aliases)]
    assert len(names) == len(set(names))
    for spec in specs.values():
        assert spec.title
        assert spec.hub or spec.package or spec.base_url or spec.kind in ("bag-of-words", "tf-idf", "random", "bm25")
        assert spec.revision == "" or len(spec.revision) == 40
    assert {spec.name for spec in specs.values() if spec.package} == set(PACKAGED)


def test_the_studys_models_are_registered() -> None:
    import csv

    from findomain.paths import DATA

    found = set()
    for table in ("mteb_vs_finmteb_averages.csv", "finmteb_english_by_task_type.csv"):
        with (DATA / "paper" / table).open(encoding="utf-8", newline="") as lines:
            found |= {row["model"] for row in csv.DictReader(lines)}
    assert len(found) >= 15
    assert {name for name in found if not isinstance(get_spec(name), EncoderSpec)} == set()


@pytest.mark.parametrize("name", ["bag-of-words", "bm25", "all-MiniLM-L6-v2"])
def test_what_is_ready_says_so(name: str) -> None:
    assert get_spec(name).readiness() == (True, "ready")


def test_readiness_depends_on_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.setenv("FINDOMAIN_OFFLINE", "1")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert get_spec("bge-m3").readiness() == (False, "hub, offline")
    assert get_spec("text-embedding-3-small").readiness() == (False, "endpoint, OPENAI_API_KEY is not set")
    monkeypatch.setenv("OPENAI_API_KEY", "something secret")
    ready, needs = get_spec("text-embedding-3-small").readiness()
    assert ready
    assert "something secret" not in needs
