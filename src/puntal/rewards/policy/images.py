"""What an uploaded picture is, read from its own first bytes: nobody's word for it is believed. Pure."""

from __future__ import annotations

import struct
from collections.abc import Callable

from puntal.rewards.errors_images import ImageTooLarge, ImageUnreadable
from puntal.rewards.model_images import Kind

MOST_BYTES = 1_000_000
MOST_SIDE = 4_096
"""Pixels; a picture that unpacks to more fills the memory of phones."""

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
"""Markers of JPEG that no length follows."""
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers that begin a frame, which says how large the picture is."""
_MARK, _LOSSLESS = 0xFF, 0x2F
_LENGTH, _VP8X_HEADER = 2, 30
"""Bytes."""


def recognise(data: bytes) -> tuple[Kind, int, int]:
    """Return what a picture is: its kind, width and height in pixels.

    Raises:
        ImageTooLarge: More bytes, or a longer side, than are kept.
        ImageUnreadable: No PNG, JPEG or WebP, or one that says nothing of its size.
    """
    if len(data) > MOST_BYTES:
        raise ImageTooLarge(most_kilobytes=MOST_BYTES // 1_000, most_pixels=MOST_SIDE)
    kind, read = _reader(data)
    try:
        width, height = read(data)
    except (struct.error, IndexError):
        raise ImageUnreadable from None
    if not width or not height:
        raise ImageUnreadable
    if max(width, height) > MOST_SIDE:
        raise ImageTooLarge(most_kilobytes=MOST_BYTES // 1_000, most_pixels=MOST_SIDE)
    return kind, width, height


def _reader(data: bytes) -> tuple[Kind, Callable[[bytes], tuple[int, int]]]:
    if data.startswith(_PNG) and data[12:16] == b"IHDR":
        return "png", _of_png
    if data.startswith(_JPEG):
        return "jpeg", _of_jpeg
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "webp", _of_webp
    raise ImageUnreadable


def _of_png(data: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _of_jpeg(data: bytes) -> tuple[int, int]:
    at = 2
    while True:
        if data[at] != _MARK:
            raise ImageUnreadable
        marker = data[at + 1]
        if marker == _MARK:
            # A marker may be preceded by any number of these.
            at += 1
        elif marker in _ALONE:
            at += 2
        elif marker in _FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        else:
            (length,) = struct.unpack_from(">H", data, at + 2)
            if length < _LENGTH:
                raise ImageUnreadable
            at += 2 + length


def _of_webp(data: bytes) -> tuple[int, int]:
    match data[12:16]:
        case b"VP8 ":
            if data[23:26] != b"\x9d\x01\x2a":
                raise ImageUnreadable
            width, height = struct.unpack_from("<HH", data, 26)
            return width & 0x3FFF, height & 0x3FFF
        case b"VP8L":
            if data[20] != _LOSSLESS:
                raise ImageUnreadable
            (bits,) = struct.unpack_from("<I", data, 21)
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8X":
            if len(data) < _VP8X_HEADER:
                raise ImageUnreadable
            return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
        case _:
            raise ImageUnreadable
