"""Statements as files: what they say is what the ledger has."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from books import ANNA, a_wallet, books_of, earn, madrid

from puntal.ledger.model import MEMBER_ACCOUNTS, SPENT
from puntal.points import policy, statements
from puntal.points.model import PAID_IN, Cause, StatementWallet

if TYPE_CHECKING:
    from puntal.points.model import Terms

MARCH = madrid("2026-03-02 12:00")


@dataclass
class Month:
    terms: Terms
    statement: StatementWallet


def heading(language: str = "es", **more: Any) -> statements.Heading:
    named: dict[str, Any] = {
        "program": "Club Niño",
        "wallet": "monedero",
        "member": "019c0000-0000-7000-8000-00000000a77a",
        "name": "Ana Muñoz <b>Ibáñez</b>",
        "month": date(2026, 3, 1),
        "until": date(2026, 4, 1),
        "made_at": madrid("2026-04-02 09:00"),
        "language": language,
    }
    return statements.Heading(**(named | more))


@pytest.fixture
def month() -> Month:
    """Anna's March: she loads 50.00, earns 3.00 that wait, pays 20 times, and gets one payment back."""
    terms = a_wallet(id="monedero", kind="money", currency="EUR", scale=2, available={"after": "14 days"})
    books = books_of(ANNA, MARCH)
    cause = Cause(note={"reference": "caja-1", "reason": "=2+2 ñ"})
    policy.earn(
        books, terms, 5000, cause=cause, at=MARCH, now=MARCH, kind="money.loaded", source="loaded", origin=PAID_IN,
        available=policy.compile_starting(a_document_available()),
    )  # fmt: skip
    earn(books, terms, 300, MARCH, order="shop:1001")
    paid = None
    for number in range(20):
        at = MARCH + timedelta(hours=number)
        paid = policy.spend(
            books, terms, 100 + number, kind="money.paid", destination=SPENT, cause=Cause(order_key=f"shop:{number}"),
            at=at, now=at,
        )  # fmt: skip
    assert paid is not None
    shares = [(c.lot_id, c.amount) for c in books.consumptions if c.transfer_id == paid.id]
    policy.give_back(books, terms, shares, kind="money.refunded", source=SPENT, cause=Cause(), at=MARCH, now=MARCH)
    opening = dict.fromkeys(MEMBER_ACCOUNTS, 0) | {"available": 250}
    closing = {account: getattr(books, account)[0] + opening[account] for account in MEMBER_ACCOUNTS}
    return Month(terms, StatementWallet("monedero", 0, opening, closing, tuple(books.transfers)))


def a_document_available() -> Any:
    from puntal.programs.document.wallets import Available  # noqa: PLC0415 - only here

    return Available()


def test_the_lines_lead_from_the_opening_to_the_closing(month: Month) -> None:
    """B18: the closing balance is the ledger's."""
    rows = statements.rows_of(month.statement, "es")
    assert (rows[0].change, rows[0].balance) == (5000, 5250)
    assert (rows[1].change, rows[1].text) == (0, "Ganado"), "it is pending"
    assert rows[-1].balance == statements.shown_balance(month.statement.closing)


def test_csv_is_safe_and_complete(month: Month) -> None:
    written = statements.write_csv(month.statement, month.terms, heading())
    assert written.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(written.decode("utf-8-sig"))))
    assert len(rows) == len(month.statement.lines) + 2
    assert (rows[0]["kind"], rows[0]["balance"]) == ("opening", "2.50")
    assert (rows[1]["change"], rows[1]["text"], rows[1]["reference"]) == ("50.00", "Carga: =2+2 ñ", "caja-1")
    closing = statements.shown_balance(month.statement.closing)
    assert (rows[-1]["kind"], rows[-1]["balance"]) == ("closing", f"{closing / 100:.2f}")
    assert statements.rows_of(month.statement, "en")[3].text == "Payment"


def test_a_cell_is_no_formula() -> None:
    terms = a_wallet()
    books = books_of(ANNA, MARCH)
    cause = Cause(note={"reference": '=HYPERLINK("http://x")'})
    policy.earn(books, terms, 5, cause=cause, at=MARCH, now=MARCH)
    nothing = dict.fromkeys(MEMBER_ACCOUNTS, 0)
    statement = StatementWallet("points", 0, nothing, nothing | {"available": 5}, tuple(books.transfers))
    written = statements.write_csv(statement, terms, heading()).decode("utf-8-sig")
    assert list(csv.DictReader(io.StringIO(written)))[1]["reference"].startswith("'=")


@pytest.mark.parametrize("language", ["en", "es"])
def test_pdf_has_its_fonts_and_is_always_the_same(month: Month, language: str) -> None:
    written = statements.write_pdf(month.statement, month.terms, heading(language))
    assert written.startswith(b"%PDF-")
    assert b"/FontFile2" in written
    assert b"BitstreamVeraSans-Roman" in written
    assert b"/MediaBox [ 0 0 595.2756 841.8898 ]" in written
    assert written == statements.write_pdf(month.statement, month.terms, heading(language))


def test_a_month_of_nothing() -> None:
    terms = a_wallet()
    statement = statements.empty(terms, MEMBER_ACCOUNTS)
    assert statements.write_pdf(statement, terms, heading(name=None)).startswith(b"%PDF-")
    rows = statements.write_csv(statement, terms, heading()).decode("utf-8-sig").splitlines()
    assert [row.split(",")[2] for row in rows] == ["kind", "opening", "closing"]
