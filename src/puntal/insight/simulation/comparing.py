"""Living members' pasts twice and noting where they part. Pure."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction

from puntal.engine.model import VOUCHER_GIVEN, Compiled, Decision, Event, Reason
from puntal.engine.rerun import Movement, Rerun
from puntal.insight.simulation.lives import Life
from puntal.insight.simulation.model import Example, Given, Moment, Part, Reasoned, Side, Wallet
from puntal.ledger.model import EXPIRED
from puntal.limits.model import BudgetKey

MOST_EXAMPLES = 10
_LIVE, _DRAFT = "live", "draft"


class Watch:
    """What one member's two lives came to."""

    def __init__(self, life: Life, part: Part) -> None:
        self.life = life
        self.part = part
        self.points: dict[str, Side] = {}
        self.rules: dict[str, dict[str, Side]] = {}
        self._largest = 0
        self._moment: Moment | None = None
        self.decisions = 0

    def step(self, one: Event | Movement) -> None:
        """Let one thing happen in both lives."""
        if isinstance(one, Movement):
            self._move(one)
            return
        life = self.life
        live = self._happen(life.live, one, _LIVE)
        draft = self._happen(life.draft, one, _DRAFT)
        self.part.events += 1
        apart = abs(_gained(draft) - _gained(live))
        if apart > self._largest:
            self._largest = apart
            self._moment = Moment(
                one.id, one.type, one.occurred_at, _reasoned(life.live, live), _reasoned(life.draft, draft)
            )

    def _happen(self, rerun: Rerun, event: Event, side: str) -> list[Reason]:
        reasons: list[Reason] = []
        for decision in rerun.happen(event):
            self.part.decisions += 1
            self._note(rerun.program, decision, side)
            for (budget, measure, start), amount in decision.budgets.items():
                if amount > 0:
                    _use(self.part, f"{side} {measure} {start} {budget}", amount)
            reasons += decision.reasons
        return reasons

    def _note(self, program: Compiled, decision: Decision, side: str) -> None:
        part = self.part
        for reason in decision.reasons:
            if reason.code == VOUCHER_GIVEN and reason.by is not None:
                _add(part.rewards.setdefault(reason.by, Side()), side, 1)
            if reason.wallet < 0 or not reason.points:
                continue
            wallet = program.terms[reason.wallet].id
            sums = part.wallets.setdefault(wallet, Wallet())
            if reason.points > 0:
                _add(sums.earned, side, reason.points)
            else:
                _add(sums.taken, side, -reason.points)
            given = part.rules.setdefault(reason.rule, {}).setdefault(wallet, Given())
            _add(given.points, side, reason.points)
            _add(given.times, side, int(reason.points > 0))
            _add(self.points.setdefault(wallet, Side()), side, reason.points)
            _add(self.rules.setdefault(reason.rule, {}).setdefault(wallet, Side()), side, reason.points)

    def _move(self, movement: Movement) -> None:
        live, draft = self.life.live, self.life.draft
        if movement.wallet >= len(live.program.terms):
            return
        sums = self.part.wallets.setdefault(live.program.terms[movement.wallet].id, Wallet())
        sums.redemptions += movement.redeems
        for rerun, side in ((live, _LIVE), (draft, _DRAFT)):
            short = rerun.move(movement)
            if short:
                _add(sums.unaffordable, side, 1)
                _add(sums.unaffordable_units, side, -movement.amount)

    def close(self, now: datetime) -> None:
        """End both lives and add them to the sums."""
        life, part = self.life, self.part
        for rerun, side in ((life.live, _LIVE), (life.draft, _DRAFT)):
            rerun.close(now)
            books = rerun.books
            for terms in rerun.program.terms:
                n = terms.ordinal
                left = books.available[n] + books.pending[n] - books.debt[n]
                if left:
                    _add(part.wallets.setdefault(terms.id, Wallet()).closing, side, left)
        _books(life, part)
        before, after = life.live.tiers(now), life.draft.tiers(now)
        moved = {
            ladder: (before.get(ladder), after.get(ladder))
            for ladder in {**before, **after}
            if before.get(ladder) != after.get(ladder)
        }
        for ladder, (one, other) in moved.items():
            of = part.tiers.setdefault(ladder, {}).setdefault(one or "", {})
            of[other or ""] = of.get(other or "", 0) + 1
        part.members += 1
        part.unreadable += life.person.unreadable
        points = {id: side for id, side in self.points.items() if side.live != side.draft}
        if moved or points or any(side.live != side.draft for each in self.rules.values() for side in each.values()):
            part.differing += 1
            self._exemplify(points, moved)

    def _exemplify(self, points: dict[str, Side], moved: dict[str, tuple[str | None, str | None]]) -> None:
        worth = worth_of(self.life.live.program, self.life.draft.program, self.points)
        units = sum(side.draft - side.live for side in points.values())
        example = Example(
            self.life.id,
            rounded(worth),
            units,
            points,
            moved,
            {
                rule: {wallet: side for wallet, side in each.items() if side.live != side.draft}
                for rule, each in self.rules.items()
                if any(side.live != side.draft for side in each.values())
            },
            self._moment,
        )
        climbs = _rise(self.life, moved)
        if (worth, units, climbs) > (0, 0, 0):
            self.part.winners = best([*self.part.winners, example], winning=True)
        elif (worth, units, climbs) < (0, 0, 0):
            self.part.losers = best([*self.part.losers, example], winning=False)


def _rise(life: Life, moved: dict[str, tuple[str | None, str | None]]) -> int:
    rise = 0
    ranks = {climb.id: climb.ranks for climb in life.draft.program.climbs}
    for ladder, (live, draft) in moved.items():
        known = ranks.get(ladder, {})
        rise += known.get(draft or "", 0) - known.get(live or "", 0)
    return rise


def _books(life: Life, part: Part) -> None:
    """Add what the books have of the same time."""
    terms = life.live.program.terms
    for one in life.person.moved:
        if one.wallet >= len(terms) or one.rule is None or one.event_id is None or one.at >= life.until:
            continue
        sums = part.wallets.setdefault(terms[one.wallet].id, Wallet())
        if one.kind == "points.earned":
            sums.books_earned += one.amount
        elif one.kind == "points.reversed" and one.source != EXPIRED:
            # What had ended before was nobody's to lose.
            sums.books_taken += one.amount


def _add(side: Side, which: str, amount: int) -> None:
    if which == _LIVE:
        side.live += amount
    else:
        side.draft += amount


def _gained(reasons: Sequence[Reason]) -> int:
    return sum([reason.points for reason in reasons if reason.wallet >= 0])


def _reasoned(rerun: Rerun, reasons: Sequence[Reason]) -> list[Reasoned]:
    terms = rerun.program.terms
    return [
        Reasoned(one.rule, one.code, one.points, terms[one.wallet].id if one.wallet >= 0 else None, one.by)
        for one in reasons
    ]


def worth_of(live: Compiled, draft: Compiled, points: dict[str, Side]) -> Fraction:
    """Return what a difference is expected to cost, in minor units: each side at its own program's rate."""
    total = Fraction(0)
    for sign, program in ((-1, live), (1, draft)):
        rates = {terms.id: terms.cost * terms.expected_redemption for terms in program.terms}
        for wallet, side in points.items():
            total += sign * rates.get(wallet, Fraction(0)) * (side.live if sign < 0 else side.draft)
    return total


def rounded(amount: Fraction) -> int:
    """Return whole minor units, half up."""
    return math.floor(amount + Fraction(1, 2))


def best(examples: Iterable[Example], *, winning: bool) -> list[Example]:
    """Return the largest differences, the largest first; of equal ones by member."""
    sign = -1 if winning else 1
    return heapq.nsmallest(MOST_EXAMPLES, examples, key=lambda one: (sign * one.worth, sign * one.units, one.member_id))


def joined(parts: Iterable[Part]) -> Part:
    """Return what parts add up to."""
    whole = Part()
    for part in parts:
        whole.members += part.members
        whole.differing += part.differing
        whole.events += part.events
        whole.decisions += part.decisions
        whole.unreadable += part.unreadable
        for id, wallet in part.wallets.items():
            _join_wallets(whole.wallets.setdefault(id, Wallet()), wallet)
        for rule, wallets in part.rules.items():
            for id, given in wallets.items():
                known = whole.rules.setdefault(rule, {}).setdefault(id, Given())
                _join(known.points, given.points)
                _join(known.times, given.times)
        for reward, side in part.rewards.items():
            _join(whole.rewards.setdefault(reward, Side()), side)
        for ladder, froms in part.tiers.items():
            for one, tos in froms.items():
                for other, count in tos.items():
                    of = whole.tiers.setdefault(ladder, {}).setdefault(one, {})
                    of[other] = of.get(other, 0) + count
        for budget, amount in part.used.items():
            _use(whole, budget, amount)
        whole.winners = best([*whole.winners, *part.winners], winning=True)
        whole.losers = best([*whole.losers, *part.losers], winning=False)
    return whole


def _use(part: Part, budget: str, amount: int) -> None:
    part.used[budget] = part.used.get(budget, 0) + amount


def lasted(used: Mapping[str, int], then: Mapping[BudgetKey, int], live: Compiled, draft: Compiled) -> bool:
    """Return whether no shared budget ran out, whoever came first.

    Where all that was ever used, with what was used before, fits, every award would have fitted in any order: what is
    in use at one moment is never more. And what did not fit beside the other awards of its own event alone would not
    have fitted beside more.

    Args:
        used: As of `Part`, by members who did not concern each other.
        then: What was used when the period began.
        live: The program in force.
        draft: The other.
    """
    for told, amount in used.items():
        side, measure, start, budget = told.split(" ", 3)
        bounds = (live if side == _LIVE else draft).budgets.values()
        most = {
            bound.most for of_rule in bounds for bound in of_rule if (bound.key, bound.measure) == (budget, measure)
        }
        before = then.get((budget, measure, date.fromisoformat(start)), 0)
        if not most or before + amount > min(most):
            return False
    return True


def _join(side: Side, more: Side) -> None:
    side.live += more.live
    side.draft += more.draft


def _join_wallets(wallet: Wallet, more: Wallet) -> None:
    for name in ("earned", "taken", "closing", "unaffordable", "unaffordable_units"):
        _join(getattr(wallet, name), getattr(more, name))
    wallet.books_earned += more.books_earned
    wallet.books_taken += more.books_taken
    wallet.redemptions += more.redemptions
