"""The real server and background work, a program with people in it, and a browser that complains about what is wrong.

Every page a test opens is looked at again when the test ends: nothing on the console, no request to another place, and
axe finds nothing serious; what axe has seen just so is not shown to it again. `Visit.everywhere` looks at a page in
light and dark, on a phone and a desk. Tests share contexts of the browser that are cleared in between (`contexts`).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from contexts import Contexts, Kept
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Dialog,
    Page,
    Playwright,
    Request,
    expect,
    sync_playwright,
)

from puntal.access.model import OrganizationId
from puntal.access.operations import keys, organization, staff
from puntal.kit import clock, ids
from puntal.kit.db import Database
from puntal.programs import operations as programs
from puntal.programs import templates

T = TypeVar("T")

EMAIL = "olga@example.org"
PHRASE = "four quiet green apples"
PHONE, DESK = 360, 1280
# A page that is slow because the machine is busy is not wrong.
expect.set_options(timeout=20_000)
_HEIGHT = 860
_PATIENCE_SECONDS = 180
_COLOURS = ["color-contrast", "link-in-text-block"]
"""What a page that was looked at in the light can still be wrong about in the dark: there, only colours differ."""
_JUDGED = """async (only) => {
  // What a rule finds is as grave as the rule says: those that are never serious need not be asked.
  const slight = window.axe._audit.rules.filter((rule) => rule.impact === 'minor' || rule.impact === 'moderate');
  const rules = Object.fromEntries(slight.map((rule) => [rule.id, { enabled: false }]));
  const which = only === null ? { rules } : { runOnly: { type: 'rule', values: only } };
  const { violations } = await window.axe.run({ resultTypes: ['violations'], preload: false, ...which });
  return violations
    .filter((each) => each.impact === 'serious' || each.impact === 'critical')
    .map((each) => `${each.id} (${each.help}): ${JSON.stringify(each.nodes.slice(0, 3).map((node) => node.target))}`);
}"""
_STATE = """() => [location.href, innerWidth, matchMedia('(prefers-color-scheme: dark)').matches,
  document.documentElement.outerHTML].join(' ')"""
_RESTED = """async () => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const moving = document.getAnimations().filter((each) => each.effect?.getComputedTiming().endTime !== Infinity);
  await Promise.race([
    Promise.allSettled(moving.map((each) => each.finished)), new Promise((done) => setTimeout(done, 1000)),
  ]);
}"""
_NAMES = ("Anna Alba", "Ben Bosch", "Carla Cruz", "Dani Duarte", "Eva Estrada", "Fran Ferrer")


@dataclass(frozen=True)
class Shop:
    """A published program, and a key that may do everything in it."""

    slug: str
    members: tuple[str, ...]
    """Ids of the people of `_NAMES`, in their order; each has a card `C-<n>`, an e-mail and one paid order."""


class Site:
    """A running server with its background work, and the way in past the browser."""

    def __init__(self, address: str, uri: str, organization_id: OrganizationId, token: str) -> None:
        self.address = address
        self.uri = uri
        self.organization_id = organization_id
        self.api = httpx2.Client(base_url=f"{address}/v1/", headers={"authorization": f"Bearer {token}"}, timeout=30)

    def post(self, path: str, body: Any) -> Any:
        """Send something as a shop's back end would; return the answer."""
        answer = self.api.post(path, json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def open_shop(self, template: str = "supermarket", *, people: int = len(_NAMES)) -> Shop:
        """Publish a new program of a template and let people buy in it."""
        slug = f"tienda-{ids.new_id().hex[-10:]}"
        document = templates.load_template(template)
        _done(self._publish(slug, document))
        members = tuple(self._enrol(slug, number, document["currency"]) for number in range(people))
        return Shop(slug, members)

    async def _publish(self, slug: str, document: dict[str, Any]) -> None:
        database = await Database.open(self.uri, size=1)
        async with database.transaction() as tx:
            made = await programs.create_program(
                tx, organization_id=self.organization_id, slug=slug, document=document, now=clock.now()
            )
            await programs.publish(
                tx, made, document, by="test", now=clock.now(), note="First version", effective_from=None
            )
        await database.close()

    def _enrol(self, slug: str, number: int, currency: str) -> str:
        name = _NAMES[number]
        email = f"{name.split()[0].lower()}@example.org"
        person = {"name": name, "ids": {"email": email, "card": f"C-{number}"}}
        member: str = self.post(f"programs/{slug}/members", person)["id"]
        at = (clock.now() - timedelta(minutes=10)).isoformat()
        lines = [{"id": "1", "product": "coffee", "category": "grocery", "amount_minor": 2500 + 1000 * number}]
        order = {"id": f"order-{number}", "currency": currency, "lines": lines}
        event = {"id": f"paid-{number}", "type": "order.paid", "occurred_at": at, "source": "store"}
        self.post(f"programs/{slug}/events", event | {"member": {"card": f"C-{number}"}, "order": order})
        return member


def _done(work: Coroutine[Any, Any, T]) -> T:
    """Wait for something asynchronous; in a thread of its own, for the browser's loop runs in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


class Process:
    """`puntal` with some arguments, until the tests are over."""

    def __init__(self, uri: str, folder: Path, *arguments: str) -> None:
        environment = {
            "PUNTAL_DATABASE_URL": uri,
            "PUNTAL_DATA_DIR": str(folder),
            "PUNTAL_LOG_LEVEL": "warning",
            "PUNTAL_ALLOW_PRIVATE_WEBHOOKS": "true",
        }
        self.log = folder / f"{arguments[0]}.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "puntal.entrypoints.cli", *arguments],
                env=os.environ | environment,
                stdout=log,
                stderr=log,
            )

    def wait_for(self, address: str) -> None:
        """Return when the server answers."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            assert self.process.poll() is None, self.log.read_text()[-3000:]
            assert time.monotonic() < deadline, self.log.read_text()[-3000:]
            with contextlib.suppress(httpx2.HTTPError):
                if httpx2.get(f"{address}/readyz", timeout=2).status_code == 200:
                    return
            time.sleep(0.1)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(30)


@pytest.fixture(scope="session")
def site(site_uri: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The server and the background work, with an owner who can sign in."""
    folder = tmp_path_factory.mktemp("site")
    organization_id, token = _done(_furnish(site_uri))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    server = Process(site_uri, folder, "serve", "--port", str(port), "--workers", "1")
    worker = Process(site_uri, folder, "work")
    try:
        server.wait_for(address)
        running = Site(address, site_uri, organization_id, token)
        yield running
        running.api.close()
    finally:
        worker.stop()
        server.stop()


async def _furnish(uri: str) -> tuple[OrganizationId, str]:
    database = await Database.open(uri, size=1)
    async with database.transaction() as tx:
        own = await organization.ensure_organization(tx, "Tienda", now=clock.now())
        await staff.ensure_owner(tx, email=EMAIL, name="Olga Owner", password=PHRASE, now=clock.now())
        key = await keys.create_first_key(tx, own.id, name="Browser", now=clock.now())
    await database.close()
    return own.id, key.token


@pytest.fixture(scope="session")
def shop(site: Site) -> Shop:
    """A program to read from. Whoever changes a program opens one of her own: `site.open_shop()`."""
    return site.open_shop()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """The machine's Chromium; scripts/browser.sh sees to it that there is one."""
    names = (os.environ.get("PUNTAL_CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    assert found is not None, "no Chromium: run `make browser`"
    opened = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-dev-shm-usage"])
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def signed_in(browser: Browser, site: Site) -> Any:
    """What a browser keeps after the owner signed in."""
    context = browser.new_context()
    answer = context.request.post(
        f"{site.address}/v1/auth/sign-in",
        data={"email": EMAIL, "password": PHRASE},
        headers={"origin": site.address},
    )
    assert answer.ok, answer.text()
    state = context.storage_state()
    context.close()
    return state


class Visit:
    """Opens pages, and remembers what was wrong on any of them."""

    def __init__(self, contexts: Contexts, site: Site, signed_in: Any) -> None:
        self.contexts = contexts
        self.site = site
        self.signed_in = signed_in
        self.pages: list[Page] = []
        self.taken: list[Kept] = []
        self.complaints: list[str] = []
        self.seen: dict[Page, set[int]] = {}
        self.forgiven: list[str] = []
        self.places: list[str] = [site.address, "data:", "blob:"]

    def __call__(
        self,
        path: str,
        *,
        language: str = "en",
        scheme: str = "light",
        width: int = DESK,
        as_owner: bool = True,
        address: str | None = None,
    ) -> Page:
        """Open `/admin` + `path`, by another name of the same site where one is given."""
        kept = self.contexts.take(language, self.signed_in if as_owner else None)
        self.taken.append(kept)
        page = kept.open()
        page.set_viewport_size({"width": width, "height": _HEIGHT})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type] # a literal there
        page.set_default_timeout(30_000)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("request", self._follow)
        page.on("dialog", self._shut)
        self.pages.append(page)
        page.goto(f"{address or self.site.address}/admin{path}")
        return page

    def install_clock(self, page: Page) -> None:
        """Let the test move the page's time. It cannot be given back, so nobody else uses the page's context."""
        page.clock.install()
        for kept in self.taken:
            kept.spent = kept.spent or kept.context == page.context

    def goes_to(self, place: str) -> None:
        """Another place is asked on purpose."""
        self.places.append(place)

    def forgive(self, part: str) -> None:
        """A refusal is to be shown on purpose: the browser writes its status on the console."""
        self.forgiven.append(part)

    def everywhere(self, page: Page) -> None:
        """Look at a page in light and dark, on a phone and a desk: axe, and nothing wider than the screen."""
        before = page.viewport_size
        for width in (PHONE, DESK):
            page.set_viewport_size({"width": width, "height": _HEIGHT})
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                page.evaluate(_RESTED)
                wide = page.evaluate("document.documentElement.scrollWidth")
                assert wide <= width, f"{page.url} is {wide} wide on a screen of {width}"
                self.look(page, f"{scheme} {width}", rules=None if scheme == "light" else _COLOURS)
        page.emulate_media(color_scheme="light")
        if before is not None:
            page.set_viewport_size(before)

    def look(self, page: Page, how: str = "", *, rules: list[str] | None = None) -> None:
        """Let axe look at what is there once the page rests: what is fading or still loading is not judged."""
        serious: list[str] = []
        seen = self.seen.setdefault(page, set())
        for pause in (0, 400, 1500):
            page.wait_for_timeout(pause)
            state = hash(page.evaluate(_STATE))
            if state in seen:
                return
            if not page.evaluate("'axe' in window"):
                page.evaluate(AXE_SCRIPT)
            serious = page.evaluate(_JUDGED, rules)
            if not serious:
                seen.add(state)
                break
        assert not serious, f"{page.url} {how}:\n" + "\n".join(serious)

    def close(self) -> None:
        for kept in self.taken:
            self.contexts.give_back(kept)

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type in {"error", "warning"} and not any(part in said.text for part in self.forgiven):
            self.complaints.append(f"{said.type}: {said.text} ({said.location.get('url')})")

    def _shut(self, dialog: Dialog) -> None:
        """No page of ours opens the browser's own dialogs; nobody would close them."""
        self.complaints.append(f"{dialog.type}: {dialog.message}")
        dialog.dismiss()

    def _follow(self, request: Request) -> None:
        if not request.url.startswith(tuple(self.places)):
            self.complaints.append(f"asks another place: {request.url}")


@pytest.fixture(scope="session")
def contexts(browser: Browser, site: Site) -> Contexts:
    """The browser's windows, one after the other."""
    return Contexts(browser, site.address)


@pytest.fixture
def visit(contexts: Contexts, site: Site, signed_in: Any) -> Iterator[Visit]:
    visiting = Visit(contexts, site, signed_in)
    yield visiting
    try:
        for page in visiting.pages:
            if not page.is_closed():
                visiting.look(page)
    finally:
        visiting.close()
    assert visiting.complaints == []
