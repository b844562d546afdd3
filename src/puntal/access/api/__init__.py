"""The routes of access: signing in; the organization with its keys, staff and log; a program's log and approvals.

An entry point includes every router of `ROUTERS`, and may put the doers of approved actions into
`app.state.approval_actions`.
"""

from __future__ import annotations

from puntal.access.api import auth, organization, program, staff

ROUTERS = (organization.router, staff.router, program.router, auth.router)

__all__ = ["ROUTERS"]
