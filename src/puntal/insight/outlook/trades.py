"""What is assumed of a typical shop of each trade.

Round numbers of ours, meant to be replaced by one's own: neither a survey nor a promise. Of each it is said what it
is about, so that whoever knows better sees where to change it. Amounts are hundredths of the program's currency; like
those of templates they are kept, not converted.
"""

from __future__ import annotations

from collections.abc import Mapping

from puntal.insight.outlook.model import Deed, Part, Trade

SUPERMARKET = Trade(
    # A shop of the neighbourhood: many small baskets, thin margins, members who come every week.
    orders_per_month=12_000,
    basket=2_600,
    margin_percent=25,
    member_percent=60,
    orders_per_member=40,
    redeeming_percent=70,
    gift=250,
    shipping=495,
    channels=("store",) * 9 + ("online",),
    hours=(9, 10, 11, 12, 13, 17, 18, 19, 20),
    closed=frozenset({6}),
    people={"kids": ("", "", "", "1", "2"), "age_band": ("25-34", "35-44", "45-54", "55-64", "65+")},
    parts=(
        Part("grocery", 35, 95, 230, brands={"private": 35, "national": 65}),
        Part("produce", 20, 75, 200),
        Part("dairy", 14, 65, 160, brands={"private": 35}),
        Part("meat", 18, 45, 600),
        Part("household", 13, 30, 450, brands={"private": 30}),
    ),
)
CAFE = Trade(
    # A counter with a few tables: coffee on most tickets, something to eat on many.
    orders_per_month=3_500,
    basket=620,
    margin_percent=65,
    member_percent=40,
    orders_per_member=36,
    redeeming_percent=80,
    gift=220,
    hours=(8, 8, 9, 9, 10, 11, 12, 15, 16, 18),
    tags={"own_cup": 8},
    parts=(Part("coffee", 50, 85, 220), Part("food", 50, 60, 320, product="croissant")),
)
FASHION = Trade(
    # A boutique with a web shop; orders that are sent back are not counted.
    orders_per_month=1_200,
    basket=7_000,
    margin_percent=55,
    member_percent=50,
    orders_per_member=4,
    redeeming_percent=60,
    gift=1_500,
    shipping=495,
    channels=("online", "online", "store"),
    parts=(
        Part("clothing", 70, 90, 4_500, tags={"new_season": 30}),
        Part("shoes", 50, 20, 7_500, tags={"new_season": 20}),
        Part("accessories", 20, 30, 2_000),
    ),
    deeds=(
        Deed("review.created", 8, {"rating": 5, "product_id": "#", "photos": 1}),
        Deed("newsletter.subscribed", 35, first=True),
    ),
)
CASHBACK = Trade(
    # A web shop for the house and the garden.
    orders_per_month=2_500,
    basket=6_000,
    margin_percent=35,
    member_percent=55,
    orders_per_member=7,
    redeeming_percent=85,
    gift=900,
    shipping=590,
    channels=("online", "online", "app"),
    hours=(9, 11, 13, 16, 18, 20, 21, 22),
    parts=(Part("home", 60, 75, 2_400), Part("garden", 40, 40, 1_800), Part("lighting", 30, 20, 3_500)),
)
B2B = Trade(
    # A wholesaler: firms that order every few weeks and are delivered days later.
    orders_per_month=500,
    basket=90_000,
    margin_percent=28,
    member_percent=70,
    orders_per_member=18,
    redeeming_percent=75,
    gift=5_000,
    channels=("online", "phone", "store"),
    hours=(8, 9, 10, 11, 12, 15, 16),
    closed=frozenset({5, 6}),
    attributes={"advance_days": (0, 0, 5, 7, 14, 21)},
    people={
        "sector": ("retail", "construction", "construction", "hospitality", "services"),
        "contract": (True, False, False),
    },
    parts=(
        Part("materials", 60, 90, 4_000, tags={"strategic": 20}),
        Part("tools", 25, 40, 6_000, tags={"strategic": 10}),
        Part("supplies", 15, 50, 1_200),
    ),
    deeds=(Deed("training.completed", 2, {"course": "#", "score": 85}),),
)
BEAUTY = Trade(
    # A perfumery with a treatment room.
    orders_per_month=1_500,
    basket=4_500,
    margin_percent=50,
    member_percent=55,
    orders_per_member=7,
    redeeming_percent=70,
    gift=600,
    channels=("store", "store", "online"),
    closed=frozenset({6}),
    people={"skin_type": ("dry", "oily", "combination", "sensitive", "normal")},
    parts=(
        Part("make_up", 30, 50, 1_900),
        Part("cleanser", 15, 35, 1_600, tags={"refill": 20}),
        Part("serum", 30, 30, 3_800),
        Part("moisturiser", 25, 35, 2_900, tags={"refill": 20}),
        Part("treatment", 50, 20, 5_500),
    ),
    deeds=(
        Deed("profile.completed", 40, first=True),
        Deed("review.created", 8, {"rating": 5, "product_id": "#", "photos": 1}),
        Deed("container.returned", 6, {"count": 2}),
    ),
)
RESTAURANT = Trade(
    # Lunch menus and dinners; an order is a table's bill.
    orders_per_month=2_200,
    basket=4_200,
    margin_percent=60,
    member_percent=35,
    orders_per_member=9,
    redeeming_percent=70,
    gift=1_400,
    hours=(13, 14, 14, 15, 19, 20, 21, 21, 22),
    closed=frozenset({0}),
    channels=("store",) * 5 + ("delivery",),
    attributes={"guests": (1, 2, 2, 2, 3, 4, 6)},
    parts=(
        Part("lunch_menu", 55, 40, 1_500),
        Part("dinner", 60, 55, 2_200, tags={"new_dish": 12}),
        Part("drinks", 20, 80, 350),
        Part("tip", 4, 30, 200),
    ),
    deeds=(
        Deed("booking.kept", 30, {"booking": "#", "guests": 2}),
        Deed("survey.answered", 5, {"visit": "#", "score": 9}),
    ),
)
PHARMACY = Trade(
    # Half of what is sold are medicines, which earn nothing.
    orders_per_month=4_500,
    basket=2_400,
    margin_percent=30,
    member_percent=60,
    orders_per_member=14,
    redeeming_percent=75,
    gift=500,
    hours=(9, 10, 11, 12, 13, 17, 18, 19, 20),
    closed=frozenset({6}),
    parts=(
        Part("medicine", 45, 60, 900),
        Part("skin_care", 30, 35, 1_800),
        Part("hygiene", 20, 40, 700),
        Part("baby_care", 25, 15, 1_500),
        Part("sun_care", 25, 12, 2_200),
    ),
    deeds=(
        Deed("service.given", 5, {"service": "blood pressure"}),
        Deed("medicines.recycled", 4),
        Deed("workshop.attended", 1, {"workshop": "#"}),
    ),
)
HOTEL = Trade(
    # A house of some sixty rooms; an order is a stay. The margin is what a stay leaves after what it causes.
    orders_per_month=700,
    basket=31_000,
    margin_percent=60,
    member_percent=35,
    orders_per_member=2,
    redeeming_percent=55,
    gift=3_000,
    channels=("web", "web", "app", "phone", "ota", "ota"),
    hours=(10, 11, 12),
    counted={"nights": "room"},
    attributes={"advance_days": (1, 3, 7, 14, 30, 45, 70)},
    parts=(
        Part("room", 75, 100, 11_000),
        Part("restaurant", 18, 60, 3_000),
        Part("bar", 5, 45, 900),
        Part("spa", 10, 15, 4_500),
    ),
    deeds=(
        Deed("stay.reviewed", 12, {"stay": "#", "score": 9}),
        Deed("towels.kept", 20, {"night": "#"}),
    ),
)
SHOP = Trade(
    # Any shop that sells over a counter.
    orders_per_month=1_500,
    basket=3_000,
    margin_percent=45,
    member_percent=50,
    orders_per_member=8,
    redeeming_percent=70,
    gift=800,
    closed=frozenset({6}),
    parts=(Part("goods", 70, 100, 1_200), Part("extras", 30, 40, 600)),
)

TRADES: Mapping[str, Trade] = {
    "supermarket": SUPERMARKET,
    "cafe": CAFE,
    "fashion": FASHION,
    "cashback": CASHBACK,
    "b2b": B2B,
    "beauty": BEAUTY,
    "restaurant": RESTAURANT,
    "pharmacy": PHARMACY,
    "hotel": HOTEL,
    "shop": SHOP,
}
"""By template."""
