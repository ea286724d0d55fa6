"""Bodies unpacked a piece at a time, so that a small bomb never becomes a large memory."""

import zlib
from collections.abc import Iterable, Iterator
from typing import Protocol

import brotli  # type: ignore[import-untyped]
from backports import zstd

from .types import FetchLimits, refuse, too_large

PIECE_BYTES = 256 * 1024  # the most one decoder holds at a time
MOST_CODINGS = 2
ZSTD_WINDOW_LOG = 23  # 8 MiB: the most RFC 9659 lets a sender ask for


class Decoder(Protocol):
    """One content coding."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Pieces of at most about `PIECE_BYTES`."""
        ...


class ZlibDecoder:
    """gzip and deflate, the latter with or without its wrapper: both are in use under that name."""

    def __init__(self, coding: str) -> None:
        self._is_gzip = coding == "gzip"
        self._decoder: zlib._Decompress | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._decoder is None:
                self._decoder = zlib.decompressobj(self._window(data))
            if self._decoder.eof:
                if not (self._is_gzip and data.startswith(b"\x1f")):
                    return  # padding after the end: browsers ignore it
                self._decoder = zlib.decompressobj(self._window(data))
            yield self._decoder.decompress(data, PIECE_BYTES)
            data = self._decoder.unused_data if self._decoder.eof else self._decoder.unconsumed_tail

    def _window(self, data: bytes) -> int:
        if self._is_gzip:
            return 16 + zlib.MAX_WBITS
        return zlib.MAX_WBITS if data[0] & 0x0F == 8 else -zlib.MAX_WBITS


class BrotliDecoder:
    """br (RFC 7932)."""

    def __init__(self) -> None:
        self._decoder = brotli.Decompressor()

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._decoder.is_finished():
            return
        piece = self._decoder.process(data, output_buffer_limit=PIECE_BYTES)
        while piece:
            yield piece
            piece = self._decoder.process(b"", output_buffer_limit=PIECE_BYTES)


class ZstdDecoder:
    """zstd (RFC 8878), of several frames."""

    def __init__(self) -> None:
        self._decoder = self._fresh()

    @staticmethod
    def _fresh() -> zstd.ZstdDecompressor:
        return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: ZSTD_WINDOW_LOG})

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data or not (self._decoder.needs_input or self._decoder.eof):
            if self._decoder.eof:
                self._decoder = self._fresh()
            yield self._decoder.decompress(data, PIECE_BYTES)
            data = self._decoder.unused_data if self._decoder.eof else b""


def decoders(content_encoding: str) -> list[Decoder]:
    """The decoders for a Content-Encoding header, in the order of unpacking."""
    names = [name.strip().lower() for name in content_encoding.split(",")]
    names = [name for name in names if name and name != "identity"]
    if len(names) > MOST_CODINGS:
        raise refuse("encoding", "The page is compressed more than twice.")
    return [_decoder(name) for name in reversed(names)]


def _decoder(name: str) -> Decoder:
    match name:
        case "gzip" | "x-gzip":
            return ZlibDecoder("gzip")
        case "deflate":
            return ZlibDecoder("deflate")
        case "br":
            return BrotliDecoder()
        case "zstd":
            return ZstdDecoder()
        case _:
            raise refuse("encoding", "The page is compressed in a way that is not supported.")


def decode(pieces: Iterable[bytes], content_encoding: str, limits: FetchLimits) -> bytes:
    """The whole body, unpacked; `FetchFailed` when it is broken or, at any step, above the limit."""
    stream: Iterable[bytes] = pieces
    for decoder in decoders(content_encoding):
        stream = _counted(_unpacked(stream, decoder), limits.decoded_bytes)
    try:
        return b"".join(_counted(stream, limits.decoded_bytes))
    except (zlib.error, brotli.error, zstd.ZstdError, EOFError):
        raise refuse("encoding", "The page is compressed and its compression is broken.") from None


def _unpacked(pieces: Iterable[bytes], decoder: Decoder) -> Iterator[bytes]:
    for piece in pieces:
        yield from decoder.feed(piece)


def _counted(pieces: Iterable[bytes], limit: int) -> Iterator[bytes]:
    total = 0
    for piece in pieces:
        total += len(piece)
        if total > limit:
            raise too_large(limit)
        yield piece
