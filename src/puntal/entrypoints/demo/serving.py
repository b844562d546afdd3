"""What to try once the demo is there: commands that work as pasted, then the server."""

from __future__ import annotations

import json
from datetime import datetime

from rich.console import Console

from puntal.kit.settings import Settings

CARD = "CJ000001"


def examples(base: str, program: str, key: str, now: datetime) -> list[tuple[str, str]]:
    """Return a title and a shell command each; `now` is the program's time."""
    at = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    order = {
        "id": "try-1",
        "currency": "USD",
        "lines": [
            {"id": "1", "product": "apples", "category": "produce", "brand": "private", "amount_minor": 499},
            {"id": "2", "product": "coffee", "category": "grocery", "brand": "national", "amount_minor": 1299},
        ],
    }
    event = {
        "id": "try-1",
        "type": "order.paid",
        "occurred_at": at,
        "source": "store",
        "member": {"card": CARD},
        "order": order,
    }
    refund = {
        "id": "try-2",
        "type": "order.refunded",
        "occurred_at": at,
        "source": "store",
        "refund": {"order": "try-1", "lines": [{"id": "2"}]},
    }
    cart = {"member": {"card": CARD}, "channel": "store", "order": {k: order[k] for k in ("currency", "lines")}}
    url = f"{base}/v1/programs/{program}"
    return [
        ("Find a household by its card", _post(f"{url}/members/lookup", key, {"card": CARD})),
        ("What would this order earn? Nothing is written", _post(f"{url}/events?dry_run=true", key, event)),
        ("What may a checkout take off? Nothing is held", _post(f"{url}/carts/evaluate", key, cart)),
        ("Pay the order; send it again and it answers the same", _post(f"{url}/events", key, event)),
        ("Give the coffee back: its points go, to the point", _post(f"{url}/events", key, refund)),
        ("Why? Every rule says what it did", _get(f"{url}/events/try-1", key)),
        ("What led to the year's orders, and what it cost", _get(f"{url}/reports/incentives", key)),
        ("The whole program, as one document", _get(f"{url}/program", key)),
    ]


def _get(url: str, key: str) -> str:
    return f"curl -s {url} -H 'Authorization: Bearer {key}'"


def _post(url: str, key: str, body: object) -> str:
    words = json.dumps(body, separators=(",", ":"))
    return f"curl -s '{url}' -H 'Authorization: Bearer {key}' \\\n  -H 'Content-Type: application/json' -d '{words}'"


def show(console: Console, chosen: Settings, program: str, key: str, now: datetime) -> None:
    """Print the address and what to try."""
    base = f"http://{chosen.host}:{chosen.port}"
    console.print()
    console.print(f"[bold]Try it[/] - the reference is at [link={base}/docs]{base}/docs[/link]")
    console.print(f"The program's clock goes on from the end of its data: it is {now:%d %B %Y, %H:%M} UTC there.")
    for title, command in examples(base, program, key, now):
        console.print(f"\n[dim]# {title}[/]")
        console.print(command, markup=False, highlight=False, soft_wrap=True)
    console.print()


def show_owner(console: Console, chosen: Settings, email: str, password: str | None) -> None:
    """Print how to sign in to the admin app."""
    base = f"http://{chosen.host}:{chosen.port}"
    console.print(f"[bold]Sign in[/] at [link={base}]{base}[/link]")
    console.print(f"  e-mail    {email}", markup=False, highlight=False)
    said = "the one you chose" if password is None else password
    console.print(f"  password  {said}", markup=False, highlight=False, soft_wrap=True)
    console.print()
