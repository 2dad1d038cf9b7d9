"""Encoders: what turns texts into vectors, or documents into an order, and what can run here."""

from findomain.encoders.base import Encoder, check_embeddings, fingerprint
from findomain.encoders.bm25 import Ranker
from findomain.encoders.build import Options, make_encoder
from findomain.encoders.spec import EncoderSpec, encoder_specs, get_spec

__all__ = [
    "Encoder",
    "EncoderSpec",
    "Options",
    "Ranker",
    "check_embeddings",
    "encoder_specs",
    "fingerprint",
    "get_spec",
    "make_encoder",
]
