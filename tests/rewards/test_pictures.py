"""Pictures of codes: both formats of each kind, and what cannot be shown is refused."""

from __future__ import annotations

import pytest

from puntal.rewards.errors_vouchers import NoBarcode
from puntal.rewards.pictures import barcode, qr


@pytest.mark.parametrize("text", ["CNTWAX2", "A" * 172])
def test_qr_codes(text: str) -> None:
    assert qr(text, "png").startswith(b"\x89PNG")
    assert qr(text, "svg").startswith(b"<svg")


def test_barcodes() -> None:
    assert barcode("SPRINGK7MX4", "png").startswith(b"\x89PNG")
    assert b"<svg" in barcode("SPRINGK7MX4", "svg")
    assert b"<svg" in barcode("4006381333931", "svg", "ean13")


@pytest.mark.parametrize(
    ("text", "kind"),
    [("ABC", "ean13"), ("4006381333932", "ean13"), ("1234", "ean13"), ("añb", "code128"), ("", "code128"),
     ("A" * 41, "code128"), ("a\nb", "code128")],
)  # fmt: skip
def test_what_cannot_be_shown(text: str, kind: str) -> None:
    with pytest.raises(NoBarcode):
        barcode(text, "svg", kind)  # type: ignore[arg-type]
