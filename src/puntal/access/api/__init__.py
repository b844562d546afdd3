"""The routes of access: signing in; the organization with its keys, staff and log; a program's log and approvals.

An entry point includes every router of `ROUTERS`, puts what shows programs into `app.state.program_cards` and `Issuers`
into `app.state.issuers`, and may put the doers of approved actions into `app.state.approval_actions`.
"""

from __future__ import annotations

from puntal.access.api import auth, notifications, organization, passkeys, program, setup, sso, staff, stores

ROUTERS = (
    organization.router,
    staff.router,
    stores.router,
    program.router,
    auth.router,
    passkeys.router,
    sso.router,
    sso.above,
    setup.router,
    notifications.router,
)

__all__ = ["ROUTERS"]
