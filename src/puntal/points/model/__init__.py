"""The nouns of wallets: lots and what consumed them, holds, finished cards, and one holder's books at work."""

from __future__ import annotations

from puntal.points.model.books import (
    GRANTED,
    PAID_IN,
    Books,
    Cause,
    Consumption,
    FinishedCard,
    Hold,
    HoldState,
    Lot,
    Share,
    Taken,
)
from puntal.points.model.terms import (
    OR_NEVER,
    UNTIL_CLAIMED,
    AlreadySpent,
    CardTerms,
    DatesOfDay,
    Ending,
    Kind,
    Length,
    MoneyCaps,
    Proof,
    Starting,
    Terms,
)
from puntal.points.model.views import Adjustment, LiabilityLine, LotEnd, StatementWallet, WalletView

__all__ = [
    "GRANTED",
    "OR_NEVER",
    "PAID_IN",
    "UNTIL_CLAIMED",
    "Adjustment",
    "AlreadySpent",
    "Books",
    "CardTerms",
    "Cause",
    "Consumption",
    "DatesOfDay",
    "Ending",
    "FinishedCard",
    "Hold",
    "HoldState",
    "Kind",
    "Length",
    "LiabilityLine",
    "Lot",
    "LotEnd",
    "MoneyCaps",
    "Proof",
    "Share",
    "Starting",
    "StatementWallet",
    "Taken",
    "Terms",
    "WalletView",
]
