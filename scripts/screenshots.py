"""Takes pictures of every screen into docs/screenshots: python scripts/screenshots.py [NAME ...].

Starts an installation of its own in a folder that is thrown away: an owner, a program of a template, people who bought
over the last four weeks. Whoever adds a screen adds it to `SCREENS`.
"""

from __future__ import annotations

import io
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from puntal.kit import clock

PLACE = Path(__file__).parent.parent / "docs/screenshots"
EMAIL, PHRASE = "olga@example.org", "four quiet green apples"
PEOPLE = (
    "Anna Alba", "Ben Bosch", "Carla Cruz", "Dani Duarte", "Eva Estrada", "Fran Ferrer", "Gala Gil", "Hugo Haro",
    "Inés Ibarra", "Jon Juan", "Karla Krause", "Leo Lara", "Mara Moya", "Nora Nieto", "Olga Ortiz", "Pau Prats",
    "Rosa Roca", "Saúl Sanz", "Tina Torres", "Unai Uribe", "Vera Vidal", "Xavi Xirau", "Yara Yagüe", "Zoe Zamora",
)  # fmt: skip
LINES = (("apples", "fresh", 640), ("bread", "bakery", 280), ("coffee", "grocery", 890), ("wine", "grocery", 1450))
ORDERS = 400
DAYS = 28
KNOWN = 0.9
"""So many of the buyers are known."""

_READY_SECONDS = 120


@dataclass(frozen=True)
class Screen:
    """A screen: its name, its address below /admin, and how else than in English, light, on a desk it is taken."""

    name: str
    path: str
    variants: tuple[str, ...] = ()
    """`es`, `dark`, `phone`, joined by hyphens, as `phone-dark-es`."""

    signed_in: bool = True


SCREENS = (
    Screen("sign-in", "/sign-in", ("es",), signed_in=False),
    Screen("start", "/start"),
    Screen("template", "/start?template=fashion", ("es",)),
    Screen("launch", "/p/{program}/launch"),
    Screen("home", "/p/{program}", ("dark", "phone", "es")),
    Screen("members", "/p/{program}/members", ("phone-dark",)),
    Screen("member", "/p/{program}/members/{member}", ("phone",)),
    Screen("program", "/p/{program}/program", ("es",)),
    Screen("campaigns", "/p/{program}/campaigns"),
    Screen("rewards", "/p/{program}/rewards", ("dark",)),
    Screen("segments", "/p/{program}/segments"),
    Screen("insight", "/p/{program}/insight", ("dark",)),
    Screen("insight-tiers", "/p/{program}/insight?tab=tiers"),
    Screen("till", "/p/{program}/till", ("phone",)),
    Screen("settings", "/p/{program}/settings/people"),
    Screen("account", "/account", ("phone-dark-es",)),
)


class Installation:
    """A running server and worker, and what was put into it."""

    def __init__(self, folder: Path, *, owned: bool = True) -> None:
        """Start it; nobody owns it yet where it is not `owned`."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        environment = {"PUNTAL_DATA_DIR": str(folder), "PUNTAL_LOG_LEVEL": "warning"}
        if owned:
            environment |= {"PUNTAL_ADMIN_EMAIL": EMAIL, "PUNTAL_ADMIN_PASSWORD": PHRASE}
        arguments = [sys.executable, "-m", "puntal.entrypoints.cli", "up", "--port", str(port)]
        self.process = subprocess.Popen(arguments, env=os.environ | environment)  # noqa: S603 - our own command
        self.client = httpx2.Client(base_url=self.address, headers={"origin": self.address}, timeout=60)

    def wait(self) -> None:
        """Wait for the server."""
        deadline = time.monotonic() + _READY_SECONDS
        while time.monotonic() < deadline:
            try:
                if self.client.get("/readyz").status_code == httpx2.codes.OK:
                    break
            except httpx2.HTTPError:
                time.sleep(0.2)

    def open(self) -> None:
        """Wait for the server, and sign in; whoever is first makes the owner."""
        self.wait()
        owner = {"organization": "Mercado Aurora", "name": "Olga Owner", "email": EMAIL, "password": PHRASE}
        if self.client.post("/v1/setup", json=owner).status_code != httpx2.codes.CREATED:
            self.post("auth/sign-in", {"email": EMAIL, "password": PHRASE})

    def post(self, path: str, body: Any) -> Any:  # noqa: ANN401 - JSON
        """Write something; return the answer."""
        answer = self.client.post(f"/v1/{path}", json=body)
        answer.raise_for_status()
        return answer.json()

    def furnish(self, program: str) -> str:
        """Publish a program and let people buy in it; return one of them."""
        self.post("programs", {"slug": program, "template": "supermarket", "name": "Club Aurora", "publish": True})
        chance = random.Random(7)  # noqa: S311 - the same pictures every time, no secret
        now = clock.now()
        members = [
            self.post(f"programs/{program}/members", {"name": name, "ids": {"email": f"m{number}@example.org"}})["id"]
            for number, name in enumerate(PEOPLE)
        ]
        events = []
        for number in range(ORDERS):
            at = now - timedelta(days=DAYS * (1 - number / ORDERS), minutes=chance.randrange(600))
            picked = chance.sample(LINES, chance.randint(1, len(LINES)))
            lines = [
                {"id": str(line), "product": product, "category": kind, "amount_minor": price * chance.randint(1, 4)}
                for line, (product, kind, price) in enumerate(picked)
            ]
            who = {"email": f"m{chance.randrange(len(PEOPLE))}@example.org"} if chance.random() < KNOWN else None
            event = {"id": f"paid-{number}", "type": "order.paid", "source": "store", "occurred_at": at.isoformat()}
            order = {"id": f"A{1000 + number}", "currency": "EUR", "lines": lines}
            events.append(event | {"order": order} | ({"member": who} if who else {}))
        self.post(f"programs/{program}/events/batch", {"events": events})
        goal = {"name": "450 orders a month", "metric": "orders", "target": 450, "direction": "at_least"}
        days = {name: (now + timedelta(days=far)).date().isoformat() for name, far in (("from", -20), ("through", 10))}
        self.post(f"programs/{program}/goals", goal | days)
        return str(members[0])

    def close(self) -> None:
        """Stop it."""
        self.process.terminate()
        self.process.wait(60)


def picture(browser: Browser, at: Installation, screen: Screen, path: str, variant: str) -> None:
    """Take one picture, in few colours: it is kept in the repository."""
    said = set(variant.split("-"))
    phone = "phone" in said
    context = browser.new_context(
        locale="es-ES" if "es" in said else "en-GB",
        color_scheme="dark" if "dark" in said else "light",
        viewport={"width": 360, "height": 780} if phone else {"width": 1280, "height": 860},
        reduced_motion="reduce",
    )
    if screen.signed_in:
        for name, value in at.client.cookies.items():
            context.add_cookies([{"name": name, "value": value, "url": at.address}])
    page = context.new_page()
    page.goto(f"{at.address}/admin{path}")
    page.wait_for_load_state("networkidle")
    page.wait_for_function("document.querySelectorAll('[aria-busy=true]').length === 0")
    page.wait_for_timeout(600)
    taken = Image.open(io.BytesIO(page.screenshot()))
    name = screen.name if variant == "" else f"{screen.name}-{variant}"
    taken.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(PLACE / f"{name}.png", optimize=True)
    context.close()
    print(f"{name}.png", file=sys.stderr)  # noqa: T201 - a script tells what it does


def main(wanted: list[str]) -> int:
    """Take the pictures that are wanted, or all."""
    PLACE.mkdir(exist_ok=True)
    program = "aurora"
    chromium = os.environ.get("PUNTAL_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory(prefix="puntal-screenshots-") as folder, sync_playwright() as playwright:
        # The database may run as somebody else, who has to come by.
        Path(folder).chmod(0o711)
        at = Installation(Path(folder))
        try:
            at.open()
            member = at.furnish(program)
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            for screen in SCREENS:
                if wanted and screen.name not in wanted:
                    continue
                for variant in ("", *screen.variants):
                    picture(browser, at, screen, screen.path.format(program=program, member=member), variant)
            browser.close()
        finally:
            at.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
