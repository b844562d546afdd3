"""Whether an event may award anything at all, and if not, why. Pure.

Events are facts: whatever this says, the event is stored and answered.
"""

from __future__ import annotations

from datetime import datetime

from puntal.engine.model import Compiled, Event, State
from puntal.programs.document.program import PhaseName

_MEMBER = {
    "paused": "member.paused",
    "blocked": "member.blocked",
    "left": "member.left",
    "erased": "member.erased",
    "merged": "member.merged",
}


def phase_at(program: Compiled, at: datetime) -> PhaseName:
    """Return the program's phase at an instant."""
    current = program.phases[0][1]
    for since, phase in program.phases:
        if since <= at:
            current = phase
    return current


def shut(program: Compiled, state: State, event: Event, now: datetime) -> str | None:  # noqa: PLR0911 - one return per reason
    """Return why nothing can be awarded, or None."""
    if state.switches.program:
        return "program.off"
    if phase_at(program, now) == "closed":
        return "program.closed"
    phase = phase_at(program, event.occurred_at)
    if phase != "live":
        return f"program.{phase}"
    if program.starts is not None and event.occurred_at < program.starts:
        return "program.not_started"
    if not event.late_allowed and event.occurred_at < now - program.late:
        return "event.too_old"
    if event.channel in state.switches.channels:
        return "channel.off"
    if event.source in state.switches.integrations:
        return "integration.off"
    return _MEMBER.get(state.profile.status)
