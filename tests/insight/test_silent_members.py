"""Who fell silent: by hand, and against loops over the stored rows of random histories. F3."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise
from random import Random
from statistics import median_low
from typing import TYPE_CHECKING

import pytest
from counted import MADRID, Stored, happen
from telling import Teller
from test_home_screen import DOCUMENT
from test_recomputed_kpis import a_program

from puntal.insight import policy_kpis as policy
from puntal.insight import queries as insight

if TYPE_CHECKING:
    from uuid import UUID

    from puntal.kit.db import Transaction

_DAY = timedelta(days=1)


class Counted:
    """Silence counted by loops."""

    def __init__(self, stored: Stored, through: date, times: int) -> None:
        self.joined = {
            id: stored.day(row["enrolled_at"])
            for id, row in stored.members.items()
            if row["status"] != "merged"
            and row["enrolled_at"] is not None
            and stored.day(row["enrolled_at"]) <= through
        }
        days: dict[UUID, set[date]] = defaultdict(set)
        for row in stored.bought:
            if row["member_id"] in self.joined and self.joined[row["member_id"]] <= row["day"] <= through:
                days[row["member_id"]].add(row["day"])
        self.days = {id: sorted(found) for id, found in days.items()}
        gaps = {id: [(b - a).days for a, b in pairwise(found)] for id, found in self.days.items()}
        every = [gap for found in gaps.values() for gap in found]
        self.usual = median_low(every) if every else None
        self.patience = {
            id: times * median_low(found) if len(found) >= 2 else None if self.usual is None else 2 * self.usual
            for id, found in gaps.items()
        }

    def had_bought(self, day: date) -> set[UUID]:
        return {id for id, days in self.days.items() if days[0] <= day}

    def silent(self, day: date) -> set[UUID]:
        found = set()
        for id in self.had_bought(day):
            patience = self.patience[id]
            last = max(bought for bought in self.days[id] if bought <= day)
            if patience is not None and (day - last).days > patience:
                found.add(id)
        return found


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("seed", range(3))
async def test_silence_is_what_loops_count(tx: Transaction, program_id: int, seed: int, times: int) -> None:
    await happen(tx, program_id, Random(seed))
    program, stored = a_program(program_id), await Stored.read(tx, program_id)
    period = policy.span(MADRID, date(2026, 3, 10), date(2026, 4, 20))
    counted = Counted(stored, period.through, times)

    found = await insight.silence(tx, program, period, times=times, months=6)

    before = counted.had_bought(period.since - _DAY) - counted.silent(period.since - _DAY)
    lost = before & counted.silent(period.through)
    assert (found.usual_days, found.active_at_start, found.lost) == (counted.usual, len(before), len(lost))
    by_month = {one.month: one for one in found.cohorts}
    assert set(by_month) == {day.replace(day=1) for day in counted.joined.values()}
    for month, one in by_month.items():
        of_month = {id for id, day in counted.joined.items() if day.replace(day=1) == month}
        ends = [day for day in found.ends if day >= month]
        assert one.members == len(of_month)
        assert one.customers == [len(of_month & counted.had_bought(day)) for day in ends]
        assert one.silent == [len(of_month & counted.silent(day)) for day in ends]
        for day in ends:
            rows = await insight.silent_members(
                tx, program, period, times=times, cohort=month, on=day, after=None, limit=100
            )
            assert {row.member_id for row in rows} == of_month & counted.silent(day)
            assert all(row.silent_days > (row.patience_days or 0) for row in rows)
    rows = await insight.silent_members(
        tx, program, period, times=times, cohort=None, on=period.through, after=None, limit=100
    )
    assert {row.member_id for row in rows} == lost
    statement = insight.churn_sql(program, period, times=times)
    row = await (await tx.execute(statement.encode())).fetchone()
    assert row is not None
    assert row[:2] == (len(lost), len(before))
    assert row[3] == found.usual_days


async def test_a_history_that_can_be_checked_by_hand(story: Teller) -> None:
    """Golden: Anna buys every ten days and stops; Ben every thirty and goes on; Carla twice, forty days apart.

    Gaps: 10 10 10, 30 30, 40: the program's median is 10, of six the shorter in the middle. Anna's patience is 30 days,
    Ben's 90, Carla's 20 for one gap says nothing of her.
    """
    await story.at("2025-01-02")
    await story.open(DOCUMENT)
    anna, ben, carla = [await story.joins(f"{name}@example.com") for name in ("anna", "ben", "carla")]
    orders = sorted(
        [(day, anna) for day in ("2025-01-05", "2025-01-15", "2025-01-25", "2025-02-04")]
        + [(day, ben) for day in ("2025-01-10", "2025-02-09", "2025-03-11")]
        + [(day, carla) for day in ("2025-01-03", "2025-02-12")]
    )
    for day, who in orders:
        await story.at(day, nights=False)
        await story.buys(who, 1000)
    await story.at("2025-03-31")

    found = await story.get("reports/churn?from=2025-03-01&through=2025-03-31&months=3")

    # As March began, Anna (since 4 February) and Ben were active; Carla bought on 12 February: 16 of her 20 days.
    assert (found["usual_days"], found["active_at_start"], found["lost"]) == (10, 3, 2)
    assert found["churn_rate"] == 0.666667
    [cohort] = [one for one in found["items"] if one["members"]]
    assert cohort["cohort"] == "2025-01-01"
    assert cohort["ends"] == ["2025-01-31", "2025-02-28", "2025-03-31"]
    # Carla was silent at the end of January already (28 days), and came back in February.
    assert (cohort["customers"], cohort["silent"]) == ([3, 3, 3], [1, 0, 2])
    rows = {row["member_id"]: row for row in (await story.get(found["rows"]))["items"]}
    assert set(rows) == {anna, carla}
    assert rows[anna] == {
        "member_id": anna, "last_purchase": "2025-02-04", "purchases": 4, "usual_days": 10, "patience_days": 30,
        "silent_days": 55, "member_name": "anna@example.com",
    }  # fmt: skip
    assert (rows[carla]["usual_days"], rows[carla]["patience_days"]) == (None, 20)
    path = "reports/churn/members?from=2025-03-01&through=2025-03-31&cohort=2025-01-01&on=2025-01-31"
    assert [row["member_id"] for row in (await story.get(path))["items"]] == [carla]
    assert "veces la mediana" in (await story.get(found["sql"], locale="es"))["formula"]
    file = await story.client.get(f"{story.path}/{found['rows']}", headers={"accept": "text/csv"})
    assert file.text.count("\n") == 3
    file = await story.client.get(f"{story.path}/reports/churn?months=3", headers={"accept": "text/csv"})
    assert file.text.splitlines()[0] == "cohort,members,month,end,customers,silent,rate"
