"""The sections `rewards`, `reward_kinds` and `stacking`: what can be said, what cannot, and how it reads."""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

import pytest
from documents import a_document

from puntal.programs.diff import diff
from puntal.programs.document.program import Program
from puntal.programs.model import Held
from puntal.programs.policy import check
from puntal.programs.sentences import Speaker
from puntal.programs.sentences_rewards import RewardSpeaker

COST = {"wallet": "points", "points": 500}
MAY = {"id": "may", "at": "2026-05-01", "capacity": 9}
STACKING = {"groups": {"season": {}, "loyalty": {"with": ["season"]}}}

EVERY_KIND: list[dict[str, Any]] = [
    {"id": "five", "kind": "amount_off", "value": "5.00 EUR", "cost": COST, "group": "loyalty", "stock": 10},
    {"id": "fifteen", "kind": "percent_off", "value": "15%", "applies_to": {"lines": {"line.category": "shoes"}}},
    {"id": "coffee", "kind": "product", "product": {"ids": ["espresso"], "price": "0.50 EUR"}},
    {"id": "mini", "kind": "product", "product": {"ids": ["cream"], "delivery": "sample"}, "limit": {"times": 1}},
    {"id": "send", "kind": "shipping", "cost": {"wallet": "points", "points": 200, "by_tier": {"silver": 0}}},
    {"id": "back", "kind": "credit", "into": "purse", "value": "3.00 EUR", "cost": COST},
    {"id": "more", "kind": "credit", "into": "points", "points": 50},
    {"id": "card", "kind": "gift_card", "value": "20.00 EUR", "cost": [COST, {"wallet": "purse", "points": 20}]},
    {"id": "cash", "kind": "cash_back", "value": "1.00 EUR", "cost": COST, "portions": {"min": 5, "max": 50}},
    {
        "id": "wine",
        "kind": "experience",
        "experience": {"sessions": [{"id": "may", "at": "2026-05-01", "capacity": 9}]},
    },
    {"id": "cinema", "kind": "partner_code", "pool": "cinema", "cost": COST},
    {"id": "spa", "kind": "custom", "type": "treatment", "fields": {"minutes": 50, "day": "2026-05-01"}},
]


def with_rewards(*rewards: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A small program with rewards, a purse of money, a kind of its own, and two groups."""
    document = a_document(
        rewards=[copy.deepcopy(reward) for reward in rewards],
        reward_kinds={"treatment": {"fields": {"minutes": "number", "day": "date"}}},
        stacking=STACKING,
        **changes,
    )
    document["wallets"] |= {"purse": {"kind": "money", "currency": "EUR"}, "old": {"kind": "points", "retired": True}}
    return document


def a_reward(**fields: Any) -> dict[str, Any]:
    return {"id": "five", "kind": "amount_off", "value": "5.00 EUR"} | fields


def published(document: dict[str, Any]) -> Program:
    program, faults = check(document)
    assert faults == []
    assert program is not None
    return program


def test_every_kind_of_reward_can_be_written() -> None:
    """B7: discounts, products, shipping, credit, gift cards, cash, experiences, partners' codes, kinds of one's own."""
    program = published(with_rewards(*EVERY_KIND))

    assert [reward.id for reward in program.rewards] == [reward["id"] for reward in EVERY_KIND]


@pytest.mark.parametrize(
    ("reward", "path", "code"),
    [
        pytest.param(a_reward(value="15%"), "value", "money_needed", id="a percentage for an amount"),
        pytest.param(
            {"id": "x", "kind": "percent_off", "value": "5.00 EUR"}, "value", "percent_needed", id="an amount"
        ),
        pytest.param({"id": "x", "kind": "amount_off"}, "value", "missing", id="no value"),
        pytest.param(a_reward(value="0.00 EUR"), "value", "must_be_positive", id="nothing off"),
        pytest.param(a_reward(product={"ids": ["a"]}), "product", "not_of_this_kind", id="what another kind has"),
        pytest.param(a_reward(cost={"wallet": "point", "points": 1}), "cost/wallet", "unknown_wallet", id="no wallet"),
        pytest.param(a_reward(cost={"wallet": "status", "points": 1}), "cost/wallet", "not_spendable", id="status"),
        pytest.param(a_reward(cost={"wallet": "old", "points": 1}), "cost/wallet", "retired", id="a retired wallet"),
        pytest.param(
            a_reward(cost={"wallet": "points", "points": Decimal("1.5")}),
            "cost/points",
            "too_precise",
            id="half",
        ),
        pytest.param(
            a_reward(cost=COST | {"by_tier": {"gold": 1}}), "cost/by_tier/gold", "unknown_tier", id="no such tier"
        ),
        pytest.param(a_reward(cost=[COST, COST]), "cost/1/wallet", "duplicate_id", id="one wallet twice"),
        pytest.param(a_reward(group="gifts"), "group", "unknown_group", id="no such group"),
        pytest.param(a_reward(portions={"min": 5, "max": 2}), "portions/min", "out_of_range", id="more than the most"),
        pytest.param(a_reward(on_end="return_points"), "on_end", "only_with_valid", id="an end that never comes"),
        pytest.param(
            a_reward(valid={"for": "30 days", "through": "2026-05-01"}), "valid", "only_one", id="two ways of ending"
        ),
        pytest.param(a_reward(budget={"per": "month"}), "budget", "one_needed", id="a budget of nothing said"),
        pytest.param(
            a_reward(limit={"times": 1, "when_short": "none"}), "limit/when_short", "only_for_earning", id="in part"
        ),
        pytest.param(
            {"id": "x", "kind": "percent_off", "value": "10%", "budget": {"discount": "100.00 EUR"}},
            "max_discount",
            "max_discount_needed",
            id="a share under a budget of money",
        ),
        pytest.param({"id": "x", "kind": "credit", "into": "points"}, "points", "missing", id="no units"),
        pytest.param(
            {"id": "x", "kind": "credit", "into": "points", "value": "1.00 EUR"}, "value", "wrong_unit", id="money"
        ),
        pytest.param(
            {"id": "x", "kind": "custom", "type": "treatment", "fields": {"minutes": "long", "day": "2026-05-01"}},
            "fields/minutes",
            "wrong_type",
            id="a text for a number",
        ),
        pytest.param(
            {"id": "x", "kind": "custom", "type": "treatment", "fields": {"minutes": 5}},
            "fields/day",
            "missing",
            id="one",
        ),
        pytest.param(a_reward(when={"order.nett": 5}), "when/order.nett", None, id="no such field"),
    ],
)
def test_what_cannot_be_is_said_with_its_place(reward: dict[str, Any], path: str, code: str | None) -> None:
    """Every fault names path, code and reason."""
    _, faults = check(with_rewards(reward))

    found = {fault.path: fault.code for fault in faults}
    assert f"/rewards/0/{path}" in found
    assert code is None or found[f"/rewards/0/{path}"] == f"programs.{code}"
    assert all(fault.told("es").reason != fault.told("en").reason for fault in faults)


def test_a_campaigns_budget_of_money_asks_for_the_most_too() -> None:
    campaign = {
        "id": "spring",
        "budget": {"discount": "100.00 EUR"},
        "rewards": [{"id": "ten", "kind": "percent_off", "value": "10%"}],
    }

    _, faults = check(with_rewards(campaigns=[campaign]))

    assert [fault.path for fault in faults] == ["/campaigns/0/rewards/0/max_discount"]


def test_gifts_and_cards_name_rewards_that_exist() -> None:
    document = with_rewards(a_reward())
    document["wallets"]["stamps"] = {"kind": "stamps", "card": {"size": 9, "reward": "fiv"}}
    document["ladders"][0]["tiers"][1]["benefits"] = [{"kind": "gift", "reward": "five"}]

    _, faults = check(document)

    assert [(fault.path, fault.told("en").suggestion) for fault in faults] == [
        ("/wallets/stamps/card/reward", "did you mean 'five'?")
    ]


def test_a_rule_has_no_budget_of_redemptions() -> None:
    document = with_rewards()
    document["earning"][0]["budget"] = {"redemptions": 5}

    assert [fault.path for fault in check(document)[1]] == ["/earning/0/budget/redemptions"]


def test_groups_that_contradict_themselves_are_refused() -> None:
    document = with_rewards()
    document["stacking"] = {
        "groups": {"a": {"exclusive": True, "with": ["b"]}, "b": {"with": ["b"]}},
        "order": ["a", "c", "a"],
    }

    found = {fault.path: fault.code for fault in check(document)[1]}

    assert found == {
        "/stacking/groups/a/with": "programs.contradiction",
        "/stacking/groups/b/with/0": "programs.contradiction",
        "/stacking/order": "programs.duplicate_id",
        "/stacking/order/1": "programs.unknown_group",
    }


def test_a_reward_somebody_has_a_right_to_is_retired_not_dropped() -> None:
    before = published(with_rewards(a_reward()))

    _, faults = check(with_rewards(), previous=before, held=Held(rewards=frozenset({"five"})))

    assert [(fault.path, fault.told("en").suggestion) for fault in faults] == [
        ("/rewards", "keep it with 'retired: true'")
    ]
    assert check(with_rewards(a_reward(retired=True)), previous=before, held=Held(rewards=frozenset({"five"})))[1] == []


def test_a_reward_reads_as_a_sentence_in_both_languages() -> None:
    reward = a_reward(cost=COST | {"by_tier": {"silver": 400}}, limit={"times": 2, "per": "month"}, stock=1000)
    program = published(with_rewards(reward))

    told = [RewardSpeaker(Speaker(program, language)).reward(program.rewards[0]) for language in ("en", "es")]

    assert told[0] == "€5.00 off the order; costs 500 points (silver 400); at most 2 times a month; 1,000 in stock."
    assert told[1].startswith(
        "5,00\xa0€ de descuento en el pedido; cuesta 500 puntos (silver 400); como máximo 2 veces"
    )


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_kind_has_its_words(language: str) -> None:
    program = published(with_rewards(*EVERY_KIND))

    told = {RewardSpeaker(Speaker(program, language)).reward(reward) for reward in program.rewards}

    assert len(told) == len(EVERY_KIND)


def test_a_difference_of_rewards_is_told_in_words() -> None:
    before = published(with_rewards(a_reward(cost=COST), {"id": "gone", "kind": "shipping"}))
    after = published(with_rewards(a_reward(cost=COST | {"points": 600}), {"id": "new", "kind": "shipping"}))

    told = [change.words["en"] for change in diff(before, after).changes]

    assert told == [
        "Reward 'gone' is gone.",
        "The cost of reward 'five' changes from “costs 500 points” to “costs 600 points”.",
        "Reward 'new' is new: Free shipping; costs nothing.",
    ]


@pytest.mark.parametrize(
    "address",
    [
        "/v1/images/club/" + "0a" * 32 + ".webp",
        "https://cdn.example.com/mug.png?v=2",
        "https://cdn.example.com:8443/a/b.jpg",
        "https://cdn.example.com",
    ],
)
def test_pictures_are_uploaded_or_elsewhere_by_https(address: str) -> None:
    assert check(with_rewards(a_reward(image=address)))[1] == []
    assert check(with_rewards(a_reward(image={"es": address, "en": address})))[1] == []


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:image/svg+xml,<svg onload=alert(1)>",
        "vbscript:x",
        "file:///etc/passwd",
        "blob:https://x/1",
        "http://cdn.example.com/mug.png",
        "//cdn.example.com/mug.png",
        "https://user:secret@cdn.example.com/mug.png",
        'https://cdn.example.com/"onerror="alert(1)',
        "https://cdn.example.com/a b.png",
        "https://",
        "mug.png",
        "/v1/programs/club/members",
        "/v1/images/club/../../secret.png",
        "/v1/images/club/" + "0a" * 32 + ".svg",
        "",
    ],
)
def test_what_is_no_address_of_a_picture_is_refused(address: str) -> None:
    faults = check(with_rewards(a_reward(image=address)))[1]
    assert [(fault.path, fault.code) for fault in faults] == [("/rewards/0/image", "programs.image_address")]
    within = check(with_rewards(a_reward(image={"es": address})))[1]
    assert [fault.path for fault in within] == ["/rewards/0/image/es"]
