"""Contexts of the browser that serve one test after the other, each found as empty as a new one.

What a context was told or kept is cleared. What is left are the files of the app, whose names change with what is in
them, and a process that has them ready: so a page opens with a third less work.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Frame, Page

LOCALES = {"en": "en-GB", "es": "es-ES"}


class Kept:
    """A context, and the page that keeps its process alive."""

    def __init__(self, browser: Browser, language: str, address: str) -> None:
        self.language = language
        self.spent = False
        """Whether something was done to it that cannot be taken back."""
        self.context = browser.new_context(locale=LOCALES[language], reduced_motion="reduce")
        self._anchor = self.context.new_page()
        self._anchor.goto(f"{address}/healthz")
        self._session = self.context.new_cdp_session(self._anchor)
        self._origins = {_origin(address)}

    def open(self) -> Page:
        """Open an empty page."""
        page = self.context.new_page()
        page.on("framenavigated", self._note)
        return page

    def _note(self, frame: Frame) -> None:
        if frame.url.startswith("http"):
            self._origins.add(_origin(frame.url))

    def clear(self) -> None:
        """Close its pages and forget what they left: cookies, storage of every place they were at, being offline."""
        for page in self.context.pages:
            if page != self._anchor:
                page.close()
        self.context.set_offline(offline=False)
        self.context.clear_cookies()
        for origin in self._origins:
            self._session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})


class Contexts:
    """Those that nobody uses at the moment."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser = browser
        self._address = address
        self._free: list[Kept] = []

    def take(self, language: str, state: Any) -> Kept:
        """Return one of a language, with the cookies of whoever it shall be."""
        kept = next((each for each in self._free if each.language == language), None)
        if kept is None:
            kept = Kept(self._browser, language, self._address)
        else:
            self._free.remove(kept)
        if state is not None:
            kept.context.add_cookies(state["cookies"])
        return kept

    def give_back(self, kept: Kept) -> None:
        """Clear it for the next test, or close it where that cannot be."""
        if kept.spent:
            kept.context.close()
            return
        kept.clear()
        self._free.append(kept)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
