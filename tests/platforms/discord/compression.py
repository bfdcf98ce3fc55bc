"""Transport compression of the gateway. https://discord.com/developers/docs/events/gateway#transport-compression"""

import importlib
import zlib
from collections.abc import Callable
from typing import Any

Pack = Callable[[bytes], bytes]


def packer(kind: str) -> Pack | None:
    """Return what compresses one socket's messages, or nothing for a kind that Discord does not speak.

    discord.py asks for `zstd-stream` where Python brings zstandard (3.14 and later), else for `zlib-stream`.
    """
    match kind:
        case "zlib-stream":
            return _zlib()
        case "zstd-stream":
            return _zstd()
        case _:
            return None


def _zlib() -> Pack:
    compressor = zlib.compressobj()
    return lambda message: compressor.compress(message) + compressor.flush(zlib.Z_SYNC_FLUSH)


def _zstd() -> Pack:
    """Only a client that has zstandard asks for it, and it runs in the same Python."""
    zstd: Any = importlib.import_module("compression.zstd")
    compressor = zstd.ZstdCompressor()
    return lambda message: bytes(compressor.compress(message, zstd.ZstdCompressor.FLUSH_BLOCK))
