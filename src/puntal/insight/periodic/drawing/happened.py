"""What a report says of what happened: rules, rewards, tiers, liability, changes of the program."""

from __future__ import annotations

from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, KeepTogether, Spacer

from puntal.insight.periodic.drawing.page import Part, Pen
from puntal.insight.periodic.telling import NONE


def rules(pen: Pen) -> list[Part]:
    """Return what each rule gave."""
    if not pen.content.rules:
        return []
    rows = [
        [
            pen.text(pen.content.names.rule(one.rule), "strong"),
            pen.text(pen.tell.wallet(one.wallet)),
            pen.text(pen.tell.whole(one.awards), "right"),
            pen.text(pen.tell.units(one.units, one.wallet), "right"),
        ]
        for one in pen.content.rules
    ]
    return pen.section("rules", pen.table(("rule", "wallet", "awards", "given"), rows, (0.46, 0.22, 0.14, 0.18)))


def rewards(pen: Pen) -> list[Part]:
    """Return what was taken of each reward."""
    if not pen.content.rewards:
        return []
    rows = [
        [
            pen.text(pen.content.names.rewards.get(one.reward, one.reward), "strong"),
            pen.text(pen.tell.whole(one.redemptions), "right"),
            pen.text(pen.tell.whole(one.members), "right"),
            pen.text(pen.tell.whole(one.vouchers_used), "right"),
            pen.text(pen.tell.money(one.discount_minor), "right"),
        ]
        for one in pen.content.rewards
    ]
    names = ("reward", "taken", "people", "vouchers", "discount")
    return pen.section("rewards", pen.table(names, rows, (0.4, 0.13, 0.13, 0.16, 0.18)))


def tiers(pen: Pen) -> list[Part]:
    """Return how many each tier has, and had."""
    if not pen.content.tiers:
        return []
    rows = []
    for one in pen.content.tiers:
        moved = one.after - one.before
        rows.append(
            [
                pen.text(pen.content.names.tiers.get((one.ladder, one.tier), one.tier), "strong"),
                pen.text(pen.tell.whole(one.before), "right"),
                pen.text(pen.tell.whole(one.after), "right"),
                pen.text(f"{'+' if moved > 0 else ''}{pen.tell.whole(moved)}" if moved else NONE, "right"),
            ]
        )
    return pen.section("tiers", pen.table(("tier", "was", "is", "change"), rows, (0.46, 0.18, 0.18, 0.18)))


def liability(pen: Pen) -> list[Part]:
    """Return what members have, and what it may cost."""
    rows = [
        [
            pen.text(pen.tell.wallet(one.wallet), "strong"),
            pen.text(pen.tell.units(one.available, one.wallet), "right"),
            pen.text(pen.tell.units(one.pending, one.wallet), "right"),
            pen.text(pen.tell.units(one.held, one.wallet), "right"),
            pen.text(pen.tell.money(one.cost_minor), "right"),
        ]
        for one in pen.content.liability
    ]
    note = pen.tell.word("for_now", day=pen.tell.day(pen.content.made_on))
    names = ("wallet", "available", "pending", "held", "cost")
    return pen.section("liability", pen.table(names, rows, (0.32, 0.17, 0.17, 0.17, 0.17)), note=note)


def changes(pen: Pen) -> list[Part]:
    """Return what was published."""
    if not pen.content.published:
        return pen.section("changes", pen.text(pen.tell.word("no_changes")))
    said = []
    for one in pen.content.published:
        title = pen.tell.word("published", number=one.number, day=pen.tell.day(one.on))
        said.append(pen.text(f"{title}: {one.note}" if one.note else title, "strong"))
    lines = [pen.text(f"· {line}") for line in pen.content.changes]
    if pen.content.more_changes:
        lines.append(pen.text(pen.tell.word("more", count=pen.content.more_changes), "note"))
    heading = [pen.text(pen.tell.word("changes"), "section"), Spacer(1, 1.6 * mm)]
    return [CondPageBreak(30 * mm), KeepTogether([*heading, *said[:1]]), *said[1:], Spacer(1, 1 * mm), *lines]
