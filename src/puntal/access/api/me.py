"""Who is signed in, as every route of signing in answers it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request, Response, Security

from puntal.access import cookies, policy, queries
from puntal.access.api.shapes import StaffOut
from puntal.access.api.shapes_sign_in import (
    FactorOut,
    MeOut,
    OrganizationName,
    ProgramName,
    SessionOut,
    StoreName,
)
from puntal.access.dependencies import RealNow, gate_of, session_scheme
from puntal.access.errors_sign_in import ForeignOrigin, SessionEnded, SessionMissing
from puntal.access.gate import caller_of_visit
from puntal.access.model_sign_in import Cards, NewSession, Session, Visit
from puntal.access.queries import sign_in
from puntal.kit import http


async def visit_of(request: Request, now: RealNow, _: Annotated[str | None, Security(session_scheme)]) -> Visit:
    """Return who is signed in.

    Raises:
        SessionMissing: Nobody.
    """
    sent = cookies.sent(request)
    if sent is None:
        raise SessionMissing
    return await gate_of(request).visits.visit(sent, now)


def not_foreign(request: Request) -> None:
    """Refuse pages of other sites; whoever lets a victim sign in as somebody else reads what she then writes."""
    if cookies.is_foreign(request):
        raise ForeignOrigin


def knocks(request: Request) -> None:
    """Count whoever tries to come in.

    Raises:
        KnocksExceeded: More than people make.
    """
    gate_of(request).knock(request.client.host if request.client else None)


SignedIn = Annotated[Visit, Depends(visit_of)]


async def signed_in(request: Request, response: Response, begun: NewSession, now: RealNow) -> MeOut:
    """Give the browser the session that has just begun, and answer who is signed in; its transaction is committed."""
    cookies.put(response, request, begun.token, begun.session.expires_at)
    async with http.database_of(request).transaction() as tx:
        visit = await sign_in.find_visit(tx, policy.hash_secret(begun.token))
    if visit is None:
        raise SessionEnded
    return await me_of(request, visit, now)


async def me_of(request: Request, visit: Visit, now: RealNow) -> MeOut:
    """Return who is signed in; takes a transaction of its own, so the caller holds none."""
    staff, caller = visit.staff, caller_of_visit(visit)
    cards: Cards = request.app.state.program_cards
    seen = [card for card in await cards(staff.organization_id, staff.locale, now) if caller.sees(card.id)]
    async with http.database_of(request).transaction() as tx:
        organization = await queries.find_organization(tx, staff.organization_id)
        factor = await sign_in.find_factor(tx, staff.id)
        store = None if staff.store is None else await queries.find_store(tx, staff.organization_id, staff.store)
    return MeOut(
        staff=StaffOut.of(staff),
        organization=OrganizationName.model_validate(organization),
        permissions=sorted(visit.role.permissions),
        adjust_limit=visit.role.adjust_limit,
        programs=[ProgramName.model_validate(card) for card in seen],
        store=None if store is None else StoreName.model_validate(store),
        second_factor=FactorOut(since=factor.since, recovery_codes_left=factor.recovery_codes_left),
        session=session_out(visit.session, visit),
    )


def session_out(session: Session, visit: Visit) -> SessionOut:
    """Return a session as its owner is shown it."""
    return SessionOut.model_validate(session).model_copy(update={"current": session.id == visit.session.id})
