"""What the routes of webhooks share: the router, who may, and refusals."""

from __future__ import annotations

from puntal.access.dependencies import program_router, requires
from puntal.access.model import Permission

router = program_router("webhooks")
READ = requires(Permission.WEBHOOKS_READ)
WRITE = requires(Permission.WEBHOOKS_WRITE)
NOT_VALID = {"description": "`request.invalid`, `webhooks.endpoint_invalid` with every fault"}
DISABLED = {"description": "`webhooks.endpoint_disabled`, `idempotency.key_reused`"}
