"""May she have this reward now, what does it cost, how much room is left: a reason code for each no."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from puntal.engine.compile import compile as compile_program
from puntal.engine.model import Compiled, Running, State, Switches
from puntal.engine.redeem import Asking, Occasion, asking, offers, take, verdict_of
from puntal.engine.redeem_room import restore
from puntal.kit import ids
from puntal.members.model import Profile
from puntal.orders.model import Line, Order
from puntal.points.model import Books
from puntal.programs.policy import check
from puntal.rewards.errors import REFUSED, SENTENCES
from puntal.rewards.model import REASON_CODES, Ask, Verdict

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
JOINED = NOW - timedelta(days=90)
ANNA = Profile(id=UUID(int=1), status="active", enrolled_at=JOINED, country="ES", created_at=JOINED, updated_at=JOINED)
COST = {"wallet": "points", "points": 500}
FIVE = {"id": "five", "kind": "amount_off", "value": "5.00 EUR", "cost": COST}


def a_program(*rewards: dict[str, Any], **changes: Any) -> Compiled:
    """A program with these rewards, a ladder with silver from 300, and a segment of Germans."""
    document = {
        "puntal": 1,
        "name": "Club",
        "timezone": "Europe/Madrid",
        "currency": "EUR",
        "wallets": {"points": {"kind": "points"}, "status": {"kind": "qualifying"}, "stamps": {"kind": "stamps"}},
        "ladders": [
            {"id": "club", "measure": {"earned": "status"}, "tiers": [{"id": "base"}, {"id": "silver", "from": 300}]}
        ],
        "segments": {"germans": {"when": {"member.country": "DE"}}},
        "rewards": list(rewards),
    } | changes
    program, faults = check(document)
    assert faults == []
    assert program is not None
    return compile_program(program, program_id=1, revision=1, ordinals={"points": 0, "status": 1, "stamps": 2})


def a_state(points: int = 1000, **changes: Any) -> State:
    """Anna with some points."""
    books = Books.opened(ANNA.id, 3, NOW, ids.new_id)
    books.available[0] = points
    return replace(State(profile=ANNA, books=books, running=Running(), today=NOW.date()), **changes)


def a_cart(*amounts: int, shipping: int = 0) -> Order:
    """A cart of shoes."""
    lines = tuple(Line(str(n), amount, category="shoes", product=f"p{n}") for n, amount in enumerate(amounts))
    return Order("cart", "EUR", lines, shipping_minor=shipping)


def asked(program: Compiled, state: State | None = None, **occasion: Any) -> Asking:
    return asking(program, state or a_state(), Occasion(**({"at": NOW} | occasion)))


def verdict(
    reward: dict[str, Any], state: State | None = None, ask: dict[str, Any] | None = None, **occasion: Any
) -> Verdict:
    """What Anna hears when she asks for a reward."""
    program = a_program(reward)
    return verdict_of(asked(program, state, **occasion), Ask(reward["id"], **(ask or {})))


def test_every_reason_has_its_refusal_in_both_languages() -> None:
    assert set(SENTENCES) == REASON_CODES == set(REFUSED)
    assert all(set(kind.messages) == {"en", "es"} for kind in REFUSED.values())


def test_she_may_have_what_she_can_pay() -> None:
    assert verdict(FIVE) == Verdict(None, 0, 500, 0, 500, None, None)


def test_who_is_short_is_told_by_how_much() -> None:
    found = verdict(FIVE, a_state(470))

    assert (found.code, found.short_by) == ("short_of_points", 30)


@pytest.mark.parametrize(
    ("fields", "occasion", "code"),
    [
        pytest.param({"enabled": False}, {}, "off", id="switched off in the document"),
        pytest.param({"retired": True}, {}, "retired", id="retired"),
        pytest.param({"listed": False}, {}, "not_listed", id="a gift"),
        pytest.param({"from": "2026-03-11"}, {}, "not_now", id="before its first day"),
        pytest.param({"through": "2026-03-09"}, {}, "not_now", id="after its last day"),
        pytest.param({"channels": ["store"]}, {"channel": "online"}, "channel", id="another channel"),
        pytest.param({"channels": ["store"]}, {}, "channel", id="no channel said"),
        pytest.param({"audience": {"any": ["germans"]}}, {}, "audience", id="another country"),
        pytest.param({"tiers": ["silver"]}, {}, "tier", id="another tier"),
        pytest.param({"when": {"member.orders": {"at_least": 1}}}, {}, "condition", id="no order yet"),
        pytest.param({"when": {"order.net": {"at_least": "20.00 EUR"}}}, {}, "order_needed", id="no cart"),
        pytest.param(
            {"when": {"order.net": {"at_least": "20.00 EUR"}}}, {"order": a_cart(1999)}, "condition", id="a small cart"
        ),
        pytest.param(
            {"applies_to": {"lines": {"line.category": "hats"}}}, {"order": a_cart(5000)}, "no_lines", id="no such line"
        ),
        pytest.param({"stock": 0}, {}, "sold_out", id="none there"),
    ],
)
def test_each_no_has_its_reason(fields: dict[str, Any], occasion: dict[str, Any], code: str) -> None:
    """B9: any-of and all-of conditions on member, segment, tier, order, time; denial returns a machine code."""
    assert verdict(FIVE | fields, None, **occasion).code == code


@pytest.mark.parametrize("status", ["paused", "blocked", "left", "erased", "merged", "guest"])
def test_only_active_members_redeem(status: str) -> None:
    state = a_state(profile=replace_profile(status=status))

    assert verdict(FIVE, state).code == f"member_{status}"


def replace_profile(**fields: Any) -> Profile:
    return replace(ANNA, **fields)


@pytest.mark.parametrize(
    ("switches", "code"),
    [
        pytest.param(Switches(program=True), "program_off", id="program"),
        pytest.param(Switches(channels=frozenset({"online"})), "channel_off", id="channel"),
        pytest.param(Switches(integrations=frozenset({"shop"})), "integration_off", id="integration"),
        pytest.param(Switches(rewards=frozenset({"five"})), "off", id="reward"),
        pytest.param(Switches(wallets=frozenset({"points"})), "wallet_off", id="wallet"),
    ],
)
def test_what_is_switched_off_stops_new_ones(switches: Switches, code: str) -> None:
    """B23: kill switch per reward, channel, integration, wallet, program."""
    assert verdict(FIVE, a_state(switches=switches), channel="online", source="shop").code == code


def test_points_can_be_spent_in_spend_only_and_not_once_closed() -> None:
    """C8: after the end nothing posts."""
    for phase, code in (("spend_only", None), ("closed", "program_closed"), ("draft", "program_draft")):
        program = a_program(FIVE, phase=phase)
        assert verdict_of(asked(program), Ask("five")).code == code


def test_a_verified_address_may_be_asked_for() -> None:
    """C6: verified e-mail required before spending, where the program says so."""
    program = a_program(FIVE, policies={"redeem_needs": ["email"]})
    proven = a_state(profile=replace_profile(email_verified_at=NOW))

    assert verdict_of(asked(program), Ask("five")).code == "unverified"
    assert verdict_of(asked(program, proven), Ask("five")).code is None


def test_of_several_prices_she_names_one() -> None:
    reward = FIVE | {"cost": [COST, {"wallet": "stamps", "points": 3}]}

    assert verdict(reward, ask={"wallet": "stamps"}).short_by == 3
    assert verdict(reward).units == 500
    assert verdict(FIVE, ask={"wallet": "stamps"}).code == "other_wallet"


def test_portions_multiply_cost_and_value() -> None:
    """B8: partial redemption with step, min and max."""
    slider = {"id": "slider", "kind": "amount_off", "value": "1.00 EUR", "cost": {"wallet": "points", "points": 100}}
    slider["portions"] = {"min": 5, "max": 50}

    assert verdict(slider, ask={"portions": 7}) == Verdict(None, 0, 700, 0, 700, None, None)
    assert verdict(slider, ask={"portions": 4}).code == "portions"
    assert verdict(slider, ask={"portions": 51}).code == "portions"


def test_paying_with_points_stops_at_its_share_of_the_order() -> None:
    """B8: pay with points with step, least and most."""
    worth = {"value": "0.01 EUR", "step": 100, "min": 500, "max_share": "50%"}
    program = a_program(
        wallets={
            "points": {"kind": "points", "worth": worth},
            "status": {"kind": "qualifying"},
            "stamps": {"kind": "stamps"},
        }
    )
    cart = asked(program, order=a_cart(1500))

    assert verdict_of(cart, Ask("pay:points", portions=5)).discount_minor == 500
    assert verdict_of(cart, Ask("pay:points", portions=4)).code == "portions"
    assert verdict_of(cart, Ask("pay:points", portions=8)).code == "too_much_of_order"


def test_a_percentage_is_of_the_covered_lines_and_never_above_its_most() -> None:
    reward = {"id": "ten", "kind": "percent_off", "value": "10%", "max_discount": "3.00 EUR"}

    assert verdict(reward, order=a_cart(1999)).discount_minor == 200
    assert verdict(reward, order=a_cart(9999)).discount_minor == 300
    assert verdict(reward).discount_minor == 300


def test_a_budget_of_money_counts_what_is_taken_off() -> None:
    """C3: the money cap is reserved when it is held, never overshot."""
    reward = FIVE | {"budget": {"discount": "12.00 EUR"}}
    program = a_program(reward)
    state = a_state(5000)
    for left in (True, True, False):
        found = verdict_of(asked(program, state), Ask("five"))
        assert (found.code is None) == left
        taken = take(asked(program, state), state.running, Ask("five"), found)
        state.budgets = {**state.budgets, **{key: state.budgets.get(key, 0) + n for key, n in taken.budgets.items()}}

    assert verdict_of(asked(program, state), Ask("five")).by == "reward:five"


def test_a_member_counts_once_under_a_budget_of_members() -> None:
    """C2: the first so many customers."""
    program = a_program(FIVE | {"budget": {"members": 1}})
    state = a_state(5000)
    first = take(asked(program, state), state.running, Ask("five"), verdict_of(asked(program, state), Ask("five")))
    state.budgets = dict(first.budgets)

    again = verdict_of(asked(program, state), Ask("five"))
    second = take(asked(program, state), state.running, Ask("five"), again)
    ben = a_state(5000, budgets=state.budgets)

    assert again.code is None
    assert second.budgets == {}
    assert verdict_of(asked(program, ben), Ask("five")).code == "budget"
    assert restore(state.running, second.uses) == {}
    assert [*restore(state.running, first.uses).values()] == [-1]


def test_a_limit_and_a_cooldown_hold_until_it_is_given_back() -> None:
    """C1: redemptions per customer."""
    program = a_program(FIVE | {"limit": {"times": 1, "per": "month", "value": "9.00 EUR"}})
    state = a_state(5000)
    found = verdict_of(asked(program, state), Ask("five"))
    taken = take(asked(program, state), state.running, Ask("five"), found)

    assert verdict_of(asked(program, state), Ask("five")).code == "limit"
    assert verdict_of(asked(program, state, at=NOW + timedelta(days=30)), Ask("five")).code is None

    restore(state.running, taken.uses)
    assert verdict_of(asked(program, state), Ask("five")).code is None


def test_places_of_a_date_run_out_by_themselves() -> None:
    """B17: capacity and dates."""
    sessions = [{"id": "may", "at": "2026-05-01", "capacity": 1}, {"id": "past", "at": "2026-03-01", "capacity": 9}]
    reward = {"id": "wine", "kind": "experience", "experience": {"sessions": sessions}}
    program = a_program(reward)
    state = a_state()
    ask = Ask("wine", session="may")
    taken = take(asked(program, state), state.running, ask, verdict_of(asked(program, state), ask))
    state.budgets = dict(taken.budgets)

    assert verdict_of(asked(program, state), ask).code == "session_full"
    assert verdict_of(asked(program, state), Ask("wine", session="past")).code == "no_session"
    assert verdict_of(asked(program, state), Ask("wine")).code == "no_session"


def test_staff_see_what_is_hidden_from_her_and_why() -> None:
    """D3: offers with a reason for each hidden one; what is only given is not an offer."""
    program = a_program(
        FIVE,
        FIVE | {"id": "vip", "tiers": ["silver"]},
        FIVE | {"id": "gift", "listed": False},
        FIVE | {"id": "dear", "cost": COST | {"points": 5000}},
    )

    found = [(reward.id, said.code) for reward, said in offers(program, asked(program, preview=True))]

    assert found == [("five", None), ("vip", "tier"), ("dear", "short_of_points")]
