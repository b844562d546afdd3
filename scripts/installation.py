"""An installation to look at, in a folder that is thrown away: an owner, a program of a template, people who bought.

The scripts that take pictures of the screens and measure them start from it, and from the list of all screens; the
tests look at each of that list for words of strangers that would run. Whoever adds a screen adds it to `SCREENS`.
"""

from __future__ import annotations

import contextlib
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2

from puntal.kit import clock

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


ROOT = "/p/{program}"


def parts(screen: str, path: str, *names: str) -> dict[str, str]:
    """Return a screen's parts by name: what each is called ends its address."""
    return {f"{screen}: {name}": f"{ROOT}/{path}{name}" for name in names}


SETUP = {"setup": "/setup"}
"""What only an installation without an owner shows."""
SCREENS = {
    "sign-in": "/sign-in",
    "reset": "/reset",
    "reset: link": "/reset?token=of-a-mail",
    "account": "/account",
    "start": "/start",
    "start: template": "/start?template=fashion",
    "launch": f"{ROOT}/launch",
    "home": ROOT,
    "members": f"{ROOT}/members",
    "member": f"{ROOT}/members/{{member}}",
    **parts("member", "members/{member}?tab=", "timeline", "rewards", "movements", "profile"),
    "program": f"{ROOT}/program",
    **parts("program", "program?view=", "settings", "try", "publish", "history", "yaml"),
    "campaigns": f"{ROOT}/campaigns",
    **parts("campaigns", "campaigns?view=", "list"),
    "rewards": f"{ROOT}/rewards",
    **parts("rewards", "rewards?view=", "redemptions", "deliveries", "vouchers", "cards"),
    "segments": f"{ROOT}/segments",
    **parts("segments", "segments/", "new", "regulars"),
    "till": f"{ROOT}/till",
    "insight": f"{ROOT}/insight",
    **parts(
        "insight",
        "insight?tab=",
        "engagement",
        "rewards",
        "tiers",
        "cohorts",
        "liability",
        "incentives",
        "budgets",
        "silence",
        "benchmarks",
        "reports",
    ),
    **parts("settings", "settings/", "people", "roles", "sso", "stores", "keys", "approvals", "webhooks", "imports"),
    **parts("settings", "settings/", "exports", "jobs", "audit"),
    "settings: webhook": f"{ROOT}/settings/webhooks/{{endpoint}}",
}
"""Every screen. A name before a colon stands for all that begin with it."""
SIGNED_OUT = {*SETUP, "sign-in", "reset", "reset: link"}


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

    def furnish(self, program: str) -> dict[str, str]:
        """Publish a program, let people buy and work in it; return the ids that addresses have."""
        self.post("programs", {"slug": program, "template": "supermarket", "name": "Club Aurora", "publish": True})
        chance = random.Random(7)  # noqa: S311 - the same pictures every time, no secret
        now = clock.now()
        members = [
            self.post(
                f"programs/{program}/members",
                {
                    "name": name,
                    "ids": {"email": f"m{number}@example.org"},
                    "enrolled_at": (now - timedelta(days=DAYS - number)).isoformat(),
                },
            )["id"]
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
        self.post("organization/stores", {"id": "centro", "name": "Aurora Centro"})
        self.post(
            "organization/staff",
            {"email": "carmen@example.org", "name": "Carmen Caja", "role": "cashier", "store": "centro"},
        )
        self.post("organization/keys", {"name": "Web shop", "scopes": ["members:read", "events:write"]})
        said = {
            "label": "Grocers, Spain",
            "source": "Trade association, annual report",
            "year": 2025,
            "sample_size": 140,
        }
        self.post(f"programs/{program}/reports/benchmarks", {"metric": "repeat_customer_rate", "value": 0.38} | said)
        self.post(f"programs/{program}/exports", {"kind": "members", "format": "xlsx"})
        self.post(
            f"programs/{program}/voucher-batches", {"name": "Spring leaflet", "reward": "five_euro", "count": 500}
        )
        endpoint = {"url": "https://example.com/hooks", "kinds": ["points.earned"], "description": "Mailing"}
        sent = self.post(f"programs/{program}/webhooks/endpoints", endpoint)
        return {"program": program, "member": str(members[0]), "endpoint": str(sent["id"])}

    def close(self) -> None:
        """Stop it."""
        self.process.terminate()
        self.process.wait(60)


def chosen(screens: Mapping[str, str], wanted: list[str]) -> dict[str, str]:
    """Return the screens that are wanted, or all."""
    return {name: path for name, path in screens.items() if not wanted or {name, name.partition(":")[0]} & set(wanted)}


def furnished(wanted: list[str]) -> Iterator[tuple[Installation, str, str]]:
    """Yield an installation with the name and the address of each screen of it that is wanted; then it ends."""
    with tempfile.TemporaryDirectory(prefix="puntal-screens-") as name:
        folder = Path(name)
        # The database may run as somebody else, who has to come by.
        folder.chmod(0o711)
        bare, whole = chosen(SETUP, wanted), chosen(SCREENS, wanted)
        if bare:
            with contextlib.closing(Installation(folder / "bare", owned=False)) as at:
                at.wait()
                yield from ((at, screen, path) for screen, path in bare.items())
        if whole:
            with contextlib.closing(Installation(folder / "data")) as at:
                at.open()
                ids = at.furnish("aurora")
                yield from ((at, screen, path.format(**ids)) for screen, path in whole.items())
