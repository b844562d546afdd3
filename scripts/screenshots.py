"""Takes pictures of every screen into docs/screenshots: python scripts/screenshots.py [NAME ...]."""

from __future__ import annotations

import io
import os
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from installation import SIGNED_OUT, Installation, furnished

PLACE = Path(__file__).parent.parent / "docs/screenshots"
VARIANTS = {
    "sign-in": ("es",),
    "start: template": ("es",),
    "home": ("dark", "phone", "es"),
    "members": ("phone-dark",),
    "member": ("phone",),
    "program": ("es",),
    "rewards": ("dark",),
    "insight": ("dark",),
    "till": ("phone",),
    "account": ("phone-dark-es",),
}
"""How else than in English, light, on a desk a screen is taken: `es`, `dark`, `phone`, joined by hyphens."""


def picture(browser: Browser, at: Installation, screen: str, path: str, variant: str) -> str:
    """Take one picture, in few colours: it is kept in the repository. Returns the name of its file."""
    said = set(variant.split("-"))
    phone = "phone" in said
    context = browser.new_context(
        locale="es-ES" if "es" in said else "en-GB",
        color_scheme="dark" if "dark" in said else "light",
        viewport={"width": 360, "height": 780} if phone else {"width": 1280, "height": 860},
        reduced_motion="reduce",
    )
    if screen not in SIGNED_OUT:
        for name, value in at.client.cookies.items():
            context.add_cookies([{"name": name, "value": value, "url": at.address}])
    page = context.new_page()
    page.goto(f"{at.address}/admin{path}")
    page.wait_for_load_state("networkidle")
    page.wait_for_function("document.querySelectorAll('[aria-busy=true]').length === 0")
    page.wait_for_timeout(600)
    taken = Image.open(io.BytesIO(page.screenshot()))
    file = "-".join(filter(None, (screen.replace(": ", "-"), variant))) + ".png"
    taken.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(PLACE / file, optimize=True)
    context.close()
    return file


def gallery(files: list[str]) -> str:
    """Return the page that shows them."""
    shown = "\n\n".join(f"## {file.removesuffix('.png').replace('-', ' ')}\n\n![{file}]({file})" for file in files)
    return f"# Every screen\n\n`make screenshots` takes these anew.\n\n{shown}\n"


def main(wanted: list[str]) -> int:
    """Take the pictures that are wanted; without a word all, and the page that shows them."""
    PLACE.mkdir(exist_ok=True)
    chromium = os.environ.get("PUNTAL_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    files: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for at, screen, path in furnished(wanted):
            files += [picture(browser, at, screen, path, variant) for variant in ("", *VARIANTS.get(screen, ()))]
            print(files[-1], file=sys.stderr)  # noqa: T201 - a script tells what it does
        browser.close()
    if not wanted:
        for old in {each.name for each in PLACE.glob("*.png")} - set(files):
            (PLACE / old).unlink()
        (PLACE / "README.md").write_text(gallery(files), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
