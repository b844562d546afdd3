"""Codes as pictures: QR, Code 128 and EAN-13, as PNG for mail and print and SVG for screens."""

from __future__ import annotations

import io
from functools import partial
from typing import Literal, TypeAlias

import segno

from puntal.rewards.errors_vouchers import NoBarcode

PictureFormat: TypeAlias = Literal["png", "svg"]
BarcodeKind: TypeAlias = Literal["code128", "ean13"]
MEDIA = {"png": "image/png", "svg": "image/svg+xml"}
_EAN_DIGITS = frozenset({12, 13})
_LONGEST_BARCODE = 40
"""Characters that still fit on a receipt."""


def qr(text: str, form: PictureFormat, *, scale: int = 6) -> bytes:
    """Return a QR code with the quiet zone that scanners want; a quarter of it may be dirty.

    Args:
        text: What a scanner types.
        form: Of the picture.
        scale: Pixels, or units, of one module.
    """
    out = io.BytesIO()
    made = segno.make_qr(text, error="q", boost_error=False)
    if form == "svg":
        # No width and height of its own: a page gives it its size.
        made.save(out, kind="svg", scale=scale, border=4, omitsize=True, xmldecl=False, light="#fff")
    else:
        made.save(out, kind="png", scale=scale, border=4)
    return out.getvalue()


def barcode(text: str, form: PictureFormat, kind: BarcodeKind = "code128") -> bytes:
    """Return a barcode with its text below.

    Raises:
        NoBarcode: This kind cannot show the text.
    """
    from barcode import get_barcode_class  # noqa: PLC0415 - with Pillow half a second, which few processes need
    from barcode.errors import BarcodeError  # noqa: PLC0415
    from barcode.writer import ImageWriter, SVGWriter  # noqa: PLC0415

    if kind == "ean13" and not (text.isascii() and text.isdigit() and len(text) in _EAN_DIGITS):
        raise NoBarcode(kind=kind)
    if not (text.isascii() and text.isprintable() and 0 < len(text) <= _LONGEST_BARCODE):
        raise NoBarcode(kind=kind)
    writer = partial(ImageWriter, format="PNG") if form == "png" else SVGWriter
    try:
        made = get_barcode_class(kind)(text, writer=writer())
    except BarcodeError as refused:
        raise NoBarcode(kind=kind) from refused
    if kind == "ean13" and made.get_fullcode() != text and len(text) == max(_EAN_DIGITS):
        # The library would correct a wrong check digit, and the till would read another code.
        raise NoBarcode(kind=kind)
    out = io.BytesIO()
    made.write(out)
    return out.getvalue()
