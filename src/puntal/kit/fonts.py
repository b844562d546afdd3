"""The letters of files that are drawn: Bitstream Vera, which comes with ReportLab and may be embedded."""

from __future__ import annotations

from functools import cache
from pathlib import Path

PLAIN, BOLD = "Vera", "VeraBd"


@cache
def register() -> None:
    """Let ReportLab know the fonts; a second time nothing happens."""
    import reportlab  # noqa: PLC0415 - a third of a second, which few processes need
    from reportlab.pdfbase import pdfmetrics  # noqa: PLC0415
    from reportlab.pdfbase.ttfonts import TTFont  # noqa: PLC0415

    folder = Path(reportlab.__file__).parent / "fonts"
    for name in (PLAIN, BOLD):
        pdfmetrics.registerFont(TTFont(name, str(folder / f"{name}.ttf")))
