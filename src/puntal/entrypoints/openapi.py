"""The OpenAPI document: FastAPI's, with the routes outside it merged in. `python -m puntal.entrypoints.openapi`."""

from __future__ import annotations

import difflib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi.openapi.utils import get_openapi

from puntal.entrypoints.examples import with_examples
from puntal.intake.description import describe_ingest
from puntal.kit.http import describe_problems

if TYPE_CHECKING:
    from fastapi import FastAPI

VERSION = "1"
SUMMARY = "Loyalty: points, tiers, wallets, rules and budgets; exact and explainable."
DESCRIPTION = """\
Everything a program does is reached here. Amounts are integers in the smallest unit (cents, whole points), instants
are ISO 8601 with an offset, names are `snake_case`.

* **Authorize** with a secret key: `Authorization: Bearer pk_live_…` (`puntal keys create`). People in
  browsers sign in instead (`POST /v1/auth/sign-in`): their session may do what their role allows.
* **Refusals** are `application/problem+json` (RFC 9457): `type` is a stable code, `title` a sentence in the language
  of `Accept-Language` (en, es), `errors` every fault with a JSON pointer, and the numbers concerned beside them.
* **Retries** are safe: an event's `id`, or the header `Idempotency-Key` on every other write.
* **Pages** come with `next`; send it as `cursor`.
"""
TAGS = [
    {"name": "events", "description": "What happened: sent, decided, explained."},
    {"name": "checkout", "description": "Carts asked about, what members may have, and taking it."},
    {"name": "till", "description": "At the counter: who is served, selling, redeeming, undoing; member passes."},
    {"name": "members", "description": "Who takes part."},
    {"name": "points", "description": "Wallets, transfers, statements, adjustments."},
    {"name": "tiers", "description": "Where a member stands."},
    {"name": "segments", "description": "Saved questions about members."},
    {"name": "programs", "description": "The program document, its revisions and switches."},
    {"name": "webhooks", "description": "Telling other systems."},
    {"name": "access", "description": "A program's log and approvals."},
    {"name": "organization", "description": "Above programs: keys, the log."},
    {"name": "staff", "description": "The people who work here."},
    {"name": "stores", "description": "Where cashiers work."},
    {"name": "auth", "description": "Signing in with a browser: passwords, sessions, second factors."},
    {"name": "passkeys", "description": "Signing in with a key of one's phone or laptop."},
    {"name": "sso", "description": "Signing in by the company's own provider (OpenID Connect)."},
    {"name": "setup", "description": "Before anybody has signed in: the first owner."},
]
_ANYWHERE = {
    "400": "`request.malformed`, `request.bad_cursor`: the request cannot be read",
    "503": "`server.unavailable`: the database is away; try again as `Retry-After` says",
}
_FILE = Path("docs/openapi.json")
_SCHEMA_FILE = Path("docs/program.schema.json")


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the whole document, made once per app."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            summary=app.summary,
            description=app.description,
            routes=app.routes,
            tags=app.openapi_tags,
            separate_input_output_schemas=False,
        )
        app.openapi_schema = with_examples(describe_problems(_with_shared(describe_ingest(document))))
    return app.openapi_schema


def _with_shared(document: dict[str, Any]) -> dict[str, Any]:
    """Add the refusals that any request may meet before its route."""
    for path in document["paths"].values():
        for operation in path.values():
            for status, codes in _ANYWHERE.items():
                operation["responses"].setdefault(status, {"description": codes})
    return document


def written() -> dict[Path, str]:
    """Return the generated documents, by file."""
    from puntal.entrypoints.server import create_app  # noqa: PLC0415 - the server imports this module
    from puntal.kit.settings import Settings  # noqa: PLC0415
    from puntal.programs import schema  # noqa: PLC0415

    app = create_app(_nothing, settings=Settings())
    return {
        _FILE: json.dumps(app.openapi(), indent=2, sort_keys=True, ensure_ascii=False) + "\n",
        _SCHEMA_FILE: schema.text(),
    }


def _nothing() -> Any:  # noqa: ANN401 - never called: describing needs no database
    raise RuntimeError("the document is written without a database")


def main(arguments: list[str]) -> int:
    """Write the documents, or with `--check` say whether they are up to date."""
    root = Path(__file__).resolve().parents[3]
    stale = 0
    for name, text in written().items():
        path = root / name
        known = path.read_text(encoding="utf-8") if path.exists() else ""
        if known == text:
            continue
        stale += 1
        if "--check" in arguments:
            changes = difflib.unified_diff(
                known.splitlines(), text.splitlines(), f"{name} (committed)", f"{name} (now)", n=1, lineterm=""
            )
            sys.stderr.write("\n".join(list(changes)[:60]) + f"\n{name} is out of date: make openapi\n")
        else:
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"{name} written\n")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
