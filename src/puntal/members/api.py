"""Members over HTTP. E-mail, phone and cards travel in bodies, never in addresses."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from msgspec import structs, to_builtins
from pydantic import AwareDatetime

from puntal.access.dependencies import (
    Locale,
    Now,
    ProgramCaller,
    ProgramId,
    ProgramTx,
    program_router,
    requires,
)
from puntal.access.model import Caller, Permission
from puntal.kit.db import Transaction
from puntal.kit.errors import Faulty, Refusal
from puntal.kit.http import Cursor, Limit
from puntal.kit.pages import LAST_ID, Page, cut, read_cursor
from puntal.kit.words import said
from puntal.members import operations, queries
from puntal.members.errors import UnknownMember
from puntal.members.model import MEMBERS, Enrolled, Evidence, Profile, Status
from puntal.members.operations import Membership
from puntal.members.wire import (
    BulkIn,
    BulkItemOut,
    BulkOut,
    CandidateOut,
    CandidatesOut,
    ChangeIn,
    ConsentOut,
    ConsentsIn,
    EnrolIn,
    EnrolledOut,
    IdentityIn,
    IdentityOut,
    IdsIn,
    ListedOut,
    MemberOut,
    MemberPageOut,
    PoolIn,
    PoolMemberIn,
    PoolMemberOut,
    PoolOut,
    ReasonIn,
    RefusedOut,
    VerifyIn,
)

router = program_router("members")

_READ = [requires(Permission.MEMBERS_READ)]
_WRITE = [requires(Permission.MEMBERS_WRITE)]
_MEMBER: dict[int | str, dict[str, Any]] = {404: {"description": "`members.unknown`"}}
_VALID: dict[int | str, dict[str, Any]] = {422: {"description": "`members.not_valid`: `errors` names everything wrong"}}
_EARLIEST = datetime.fromisoformat("1900-01-01T00:00:00+00:00")
_LATEST = datetime.fromisoformat("9999-01-01T00:00:00+00:00")


async def current_membership(request: Request, tx: ProgramTx, program_id: ProgramId) -> Membership:
    """Return what the program's document says about members, as it stands in this transaction."""
    loaded = await request.app.state.programs.current(tx, program_id)
    membership: Membership = loaded.membership
    return membership


CurrentMembership = Annotated[Membership, Depends(current_membership)]


@router.post(
    "/members",
    status_code=201,
    summary="Enrol a member",
    dependencies=_WRITE,
    responses={
        200: {"description": "The person was known before", "model": EnrolledOut},
        403: {"description": "`access.forbidden`, `members.not_eligible`"},
        409: {
            "description": "`members.blocked`, `members.same_mailbox`, `members.changed_meanwhile`, "
            "`idempotency.key_reused`"
        },
        422: {
            "description": "`members.not_valid`, `members.no_identity`, `members.consent_missing`, "
            "`members.email_refused`"
        },
    },
)
async def enrol(
    body: EnrolIn, response: Response, tx: ProgramTx, program_id: ProgramId, membership: CurrentMembership, now: Now
) -> EnrolledOut:
    """Make a person a member, if the program is open to her.

    Whoever has one of the identities already is the answer, unchanged.
    """
    [answer] = await operations.enrol_many(tx, program_id, [body.read()], membership=membership, now=now)
    if isinstance(answer, Refusal):
        raise answer
    response.status_code = 201 if answer.created else 200
    return _enrolled(answer)


@router.post("/members/bulk", summary="Enrol many members", dependencies=_WRITE, responses=_VALID)
async def enrol_bulk(
    body: BulkIn, tx: ProgramTx, program_id: ProgramId, membership: CurrentMembership, now: Now, locale: Locale
) -> BulkOut:
    """Make many people members; each is enrolled or refused by itself, in the order sent."""
    people = [person.read() for person in body.members]
    answers = await operations.enrol_many(tx, program_id, people, membership=membership, now=now)
    return BulkOut(items=[answer_item(answer, locale) for answer in answers])


@router.get("/members", summary="List members", dependencies=_READ)
async def list_members(
    tx: ProgramTx,
    program_id: ProgramId,
    status: Annotated[list[Status] | None, Query(max_length=7)] = None,
    enrolled_from: AwareDatetime | None = None,
    enrolled_until: AwareDatetime | None = None,
    name: Annotated[
        str | None, Query(min_length=1, max_length=200, description="Beginnings of words; lists by word, not by date.")
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[ListedOut]:
    """List members, newest first; with `name`, those whose names have words that begin so."""
    statuses = status or list(MEMBERS)
    if name is not None:
        key = read_cursor(cursor, tuple[str, UUID]) if cursor else None
        found = await queries.search_names(tx, program_id, name, statuses=statuses, after_key=key, limit=limit + 1)
        rows, following = cut(found, limit, lambda row: (row[1], row[0].id))
        return Page(items=[_listed(row) for row, _ in rows], next=following)
    before = read_cursor(cursor, tuple[datetime, UUID]) if cursor else (_LATEST, LAST_ID)
    members = await queries.list_members(
        tx,
        program_id,
        statuses=statuses,
        since=enrolled_from or _EARLIEST,
        until=enrolled_until or _LATEST,
        before=before,
        limit=limit + 1,
    )
    page, following = cut(members, limit, lambda row: (row[1], row[0].id))
    return Page(items=[_listed(row) for row, _ in page], next=following)


@router.post("/members/lookup", summary="Find a member", dependencies=_READ, responses=_MEMBER | _VALID)
async def lookup(body: IdsIn, tx: ProgramTx, program_id: ProgramId, membership: CurrentMembership) -> MemberPageOut:
    """Find the member with one of the identities, the program's order deciding; old ids answer with the survivor."""
    [match] = await operations.resolve(tx, program_id, [body.read()], membership.match_order, region=membership.region)
    if match.member_id is None:
        raise UnknownMember
    return await _page(tx, program_id, match.member_id)


@router.get("/members/merge-candidates", summary="List possible duplicates", dependencies=_READ)
async def list_candidates(tx: ProgramTx, program_id: ProgramId, limit: Limit = 50) -> CandidatesOut:
    """List pairs of members that callers named as one person."""
    found = await queries.merge_candidates(tx, program_id, limit=limit)
    return CandidatesOut(items=[CandidateOut(**structs.asdict(row)) for row in found])


@router.get("/members/{member_id}", summary="Read a member", dependencies=_READ, responses=_MEMBER)
async def get_member(member_id: UUID, tx: ProgramTx, program_id: ProgramId) -> MemberPageOut:
    """Read a member with identities and consents. A merged id answers with `merged_into`."""
    return await _page(tx, program_id, member_id)


@router.patch("/members/{member_id}", summary="Change a member", dependencies=_WRITE, responses=_MEMBER | _VALID)
async def change_member(
    member_id: UUID, body: ChangeIn, tx: ProgramTx, program_id: ProgramId, membership: CurrentMembership, now: Now
) -> MemberOut:
    """Change what is named. A birthday moved close ahead counts from the next one."""
    said = body.model_dump(exclude_unset=True)
    return _shown(await operations.update_member(tx, program_id, member_id, said, membership=membership, now=now))


@router.post(
    "/members/{member_id}/identities", summary="Add identities", dependencies=_WRITE, responses=_MEMBER | _VALID
)
async def add_identities(
    member_id: UUID, body: IdsIn, tx: ProgramTx, program_id: ProgramId, membership: CurrentMembership, now: Now
) -> list[IdentityOut]:
    """Give a member more ways to be recognised. 409 `members.identity_taken` names whose it is in `other`.

    Where the program minds: 409 `members.same_mailbox`, 422 `members.email_refused`.
    """
    found = await operations.add_identities(tx, program_id, member_id, body.read(), membership=membership, now=now)
    return [IdentityOut.of(one) for one in found]


@router.post(
    "/members/{member_id}/identities/remove",
    status_code=204,
    summary="Remove an identity",
    dependencies=_WRITE,
    responses=_MEMBER | {409: {"description": "`members.last_identity`, `idempotency.key_reused`"}},
)
async def remove_identity(member_id: UUID, body: IdentityIn, tx: ProgramTx, program_id: ProgramId, now: Now) -> None:
    """Take a way to be recognised away; the last one stays."""
    await operations.remove_identity(tx, program_id, member_id, (body.kind, body.value), now=now)


@router.post(
    "/members/{member_id}/identities/verify",
    status_code=204,
    summary="Mark an identity as verified",
    dependencies=_WRITE,
    responses=_MEMBER,
)
async def verify_identity(member_id: UUID, body: VerifyIn, tx: ProgramTx, program_id: ProgramId, now: Now) -> None:
    """Note that the member proved an address is hers, and how; the first proof counts."""
    await operations.verify_identity(
        tx, program_id, member_id, (body.kind, body.value), evidence=Evidence(**body.evidence.model_dump()), now=now
    )


@router.post(
    "/members/{member_id}/consents", summary="Record consents", dependencies=_WRITE, responses=_MEMBER | _VALID
)
async def record_consents(
    member_id: UUID, body: ConsentsIn, tx: ProgramTx, program_id: ProgramId, membership: CurrentMembership, now: Now
) -> list[ConsentOut]:
    """Record what a member agreed to or withdrew, with its evidence; answers with what holds now."""
    said = [consent.read() for consent in body.consents]
    await operations.record_consents(tx, program_id, member_id, said, membership=membership, now=now)
    return await _consents(tx, program_id, member_id, history=False)


@router.get("/members/{member_id}/consents", summary="List every consent", dependencies=_READ, responses=_MEMBER)
async def list_consents(member_id: UUID, tx: ProgramTx, program_id: ProgramId) -> list[ConsentOut]:
    """List every yes and no with its evidence, oldest first."""
    return await _consents(tx, program_id, member_id, history=True)


_STATUS = _MEMBER | {409: {"description": "`members.wrong_status`, `idempotency.key_reused`"}}


@router.post("/members/{member_id}/pause", summary="Pause a member", dependencies=_WRITE, responses=_STATUS)
async def pause(
    member_id: UUID, body: ReasonIn, tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller, now: Now
) -> MemberOut:
    """Stop earning and spending until resumed."""
    return await _become(tx, program_id, member_id, "paused", body, caller, now)


@router.post("/members/{member_id}/resume", summary="Resume a member", dependencies=_WRITE, responses=_STATUS)
async def resume(
    member_id: UUID, body: ReasonIn, tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller, now: Now
) -> MemberOut:
    """Let a paused member earn and spend again."""
    return await _become(tx, program_id, member_id, "active", body, caller, now)


@router.post("/members/{member_id}/block", summary="Block a member", dependencies=_WRITE, responses=_STATUS)
async def block(
    member_id: UUID, body: ReasonIn, tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller, now: Now
) -> MemberOut:
    """Stop everything, offers too."""
    return await _become(tx, program_id, member_id, "blocked", body, caller, now)


@router.post("/members/{member_id}/unblock", summary="Unblock a member", dependencies=_WRITE, responses=_STATUS)
async def unblock(
    member_id: UUID, body: ReasonIn, tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller, now: Now
) -> MemberOut:
    """Let a blocked member in again."""
    return await _become(tx, program_id, member_id, "active", body, caller, now)


@router.post("/members/{member_id}/leave", summary="Let a member leave", dependencies=_WRITE, responses=_STATUS)
async def leave(
    member_id: UUID, body: ReasonIn, tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller, now: Now
) -> MemberOut:
    """End earning and messages; the books stay. Enrolling again brings her back."""
    return await _become(tx, program_id, member_id, "left", body, caller, now)


_POOL: dict[int | str, dict[str, Any]] = {
    404: {"description": "`members.unknown`, `members.unknown_pool`"},
    409: {"description": "`members.already_pooled`, `members.pool_full`, `idempotency.key_reused`"},
    422: {"description": "`members.unknown_pool_kind`, `request.faulty`"},
}


@router.post("/pools", status_code=201, summary="Open a pool", dependencies=_WRITE, responses=_POOL)
async def open_pool(
    body: PoolIn, tx: ProgramTx, program_id: ProgramId, membership: CurrentMembership, now: Now
) -> PoolOut:
    """Let members share wallets from now on; what they have stays their own."""
    people = {one.member_id: one.adult for one in body.members}
    pool = await operations.create_pool(tx, program_id, body.kind, people, membership=membership, now=now)
    return await _pool(tx, program_id, pool)


@router.get("/pools/{pool_id}", summary="Read a pool", dependencies=_READ)
async def get_pool(pool_id: UUID, tx: ProgramTx, program_id: ProgramId) -> PoolOut:
    """Read who shares with a pool; nobody does with one that does not exist."""
    return await _pool(tx, program_id, pool_id)


@router.post("/pools/{pool_id}/members", summary="Add a member to a pool", dependencies=_WRITE, responses=_POOL)
async def join_pool(
    pool_id: UUID,
    body: PoolMemberIn,
    tx: ProgramTx,
    program_id: ProgramId,
    membership: CurrentMembership,
    now: Now,
) -> PoolOut:
    """Let one more member share."""
    people = {body.member_id: body.adult}
    await operations.join_pool(tx, program_id, pool_id, people, membership=membership, now=now)
    return await _pool(tx, program_id, pool_id)


async def _become(
    tx: Transaction,
    program_id: int,
    member: UUID,
    wanted: Literal["active", "paused", "blocked", "left"],
    body: ReasonIn,
    caller: Caller,
    now: datetime,
) -> MemberOut:
    changed = await operations.change_status(
        tx, program_id, member, wanted, now=now, reason=body.reason, by=caller.actor
    )
    return _shown(changed)


async def _page(tx: Transaction, program_id: int, member: UUID) -> MemberPageOut:
    profile = (await operations.load(tx, program_id, [member])).get(member)
    if profile is None:
        raise UnknownMember
    identities = (await queries.identities(tx, program_id, [member])).get(member, [])
    return MemberPageOut(
        **_shown(profile).model_dump(),
        identities=[IdentityOut.of(one) for one in identities],
        consents=await _consents(tx, program_id, member, history=False),
    )


async def _consents(tx: Transaction, program_id: int, member: UUID, *, history: bool) -> list[ConsentOut]:
    found = await queries.consents(tx, program_id, [member], history=history)
    return [
        ConsentOut(
            purpose=one.purpose,
            channel=one.channel,
            given=one.given,
            at=one.at,
            evidence=to_builtins(one.evidence),
        )
        for one in found.get(member, [])
    ]


async def _pool(tx: Transaction, program_id: int, pool: UUID) -> PoolOut:
    people = await operations.pool_members(tx, program_id, pool)
    return PoolOut(id=pool, members=[PoolMemberOut(**structs.asdict(one)) for one in people])


def _shown(profile: Profile) -> MemberOut:
    return MemberOut.of(profile)


def _listed(row: queries.Listed) -> ListedOut:
    return ListedOut(**structs.asdict(row))


def _enrolled(answer: Enrolled) -> EnrolledOut:
    return EnrolledOut(**structs.asdict(answer) | {"warnings": list(answer.warnings)})


def answer_item(answer: Enrolled | Refusal, locale: str) -> BulkItemOut:
    """Return what became of one of many as the API shows it."""
    if isinstance(answer, Enrolled):
        return BulkItemOut(enrolled=_enrolled(answer))
    faults = answer.faults if isinstance(answer, Faulty) else []
    errors = [{"path": one.path, "code": one.code, "reason": said(one.reason, locale)} for one in faults]
    return BulkItemOut(refused=RefusedOut(type=answer.code, title=answer.title(locale), errors=errors))
