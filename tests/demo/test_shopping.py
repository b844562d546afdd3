"""What households do beside buying: coupons from the data, used once each; points swapped by a simple rule."""

from __future__ import annotations

from collections import Counter

from puntal.entrypoints.demo import coupons, shopping


def test_every_use_of_a_coupon_is_told_and_lies_within_its_campaign() -> None:
    uses = coupons.uses()
    days = {mailer.id: (mailer.since, mailer.through) for mailer in coupons.mailers()}

    assert len(uses) == 2_102
    assert len(days) == 27
    assert all(days[use.campaign][0] <= use.on <= days[use.campaign][1] for use in uses)
    # 27 times a household used the same coupon of a campaign again.
    assert len(uses) - len({(use.card, use.coupon, use.campaign) for use in uses}) == 27
    assert coupons.told_by(max(use.on for use in uses)) == 2_102


def test_no_row_of_a_basket_speaks_for_two_coupons() -> None:
    """What coupons took off is at most what the baskets say: 1,180.81 dollars on those named."""
    uses = coupons.uses()

    assert sum(use.discount_minor for use in uses) == 118_081
    assert all(use.order is not None for use in uses if use.discount_minor)


def test_the_document_has_a_reward_for_each_campaign() -> None:
    added = shopping.additions()

    assert isinstance(added["campaigns"], list)
    rewards = Counter(reward["id"] for campaign in added["campaigns"] for reward in campaign["rewards"])
    assert len(rewards) == 27
