"""When what is earned begins and ends: an award's own waiting, and what renews which wallet."""

from __future__ import annotations

from playing import BASE_RULE, Player, a_program, lines


def waiting(if_never: str) -> dict[str, object]:
    return {"on": "order.delivered", "within": "10 days", "if_never": if_never}


def rule(id: str, **award: object) -> dict[str, object]:
    return {"id": id, "on": "purchase", "award": {"wallet": "points", "points": 10, **award}}


def test_an_awards_own_waiting_in_vain_cancels_it() -> None:
    anna = Player(a_program(earning=[rule("kept"), rule("waits", available=waiting("cancel"))]))
    anna.buy(*lines(1000), day="2026-03-03")
    assert (anna.balance(), anna.pending()) == (10, 10)

    anna.settle("2026-04-01")

    assert (anna.balance(), anna.pending()) == (10, 0)


def test_an_awards_own_waiting_ends_with_its_event() -> None:
    anna = Player(a_program(earning=[rule("waits", available=waiting("cancel"))]))
    anna.buy(*lines(1000), id="O1", day="2026-03-03")

    anna.order("order.delivered", id="O1", day="2026-03-05")
    anna.settle("2026-04-01")

    assert (anna.balance(), anna.pending()) == (10, 0)


def test_an_award_may_activate_in_a_wallet_that_cancels() -> None:
    wallets = {"points": {"kind": "points", "available": waiting("cancel")}}
    earning = [rule("wallets"), rule("own", available=waiting("activate"))]
    anna = Player(a_program(wallets=wallets, earning=earning))
    anna.buy(*lines(1000), day="2026-03-03")
    assert anna.pending() == 20

    anna.settle("2026-04-01")

    assert (anna.balance(), anna.pending()) == (10, 0)


def two_wallets(**more: object) -> dict[str, object]:
    return {
        "points": {"kind": "points", "expiry": {"inactive": "3 months", **more}},
        "stars": {"kind": "points", "expiry": {"inactive": "3 months"}},
    }


EARNING = [BASE_RULE, {"id": "stars", "on": "purchase", "award": {"wallet": "stars", "points": 5}}]


def test_an_event_renews_the_wallet_that_names_it() -> None:
    wallets = two_wallets(events=["survey.done"])
    anna = Player(a_program(events={"survey.done": {}}, wallets=wallets, earning=EARNING))
    anna.buy(*lines(1000), day="2026-01-10")
    anna.happen("survey.done", day="2026-03-10")

    anna.settle("2026-05-01")

    assert (anna.balance("points"), anna.balance("stars")) == (10, 0)


def test_an_event_that_is_declared_to_renew_renews_every_wallet() -> None:
    events = {"survey.done": {"renews": True}}
    anna = Player(a_program(events=events, wallets=two_wallets(), earning=EARNING))
    anna.buy(*lines(1000), day="2026-01-10")
    anna.happen("survey.done", day="2026-03-10")

    anna.settle("2026-05-01")

    assert (anna.balance("points"), anna.balance("stars")) == (10, 5)


def test_granted_money_ends_by_inactivity_and_orders_renew_it() -> None:
    wallets = {
        "points": {"kind": "points"},
        "cash": {"kind": "money", "currency": "EUR", "scale": 2, "granted_expires": {"inactive": "3 months"}},
    }
    earning = [BASE_RULE, {"id": "cash", "on": "purchase", "award": {"wallet": "cash", "rate": "10%"}}]
    anna = Player(a_program(wallets=wallets, earning=earning))
    anna.buy(*lines(1000), day="2026-01-10")
    anna.buy(*lines(1000), day="2026-03-10")

    anna.settle("2026-05-01")
    assert anna.balance("cash") == 200

    anna.settle("2026-06-11")
    assert anna.balance("cash") == 0
