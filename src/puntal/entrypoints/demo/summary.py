"""The demo's summary as people read it."""

from __future__ import annotations

from typing import Any

from rich import box
from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table

from puntal.kit.money import major


def show(console: Console, summary: dict[str, Any]) -> None:
    """Print the summary: what was replayed, the books, tiers, rules and budgets."""
    currency = summary["currency"]

    def money(minor: int) -> str:
        return f"{major(minor, currency):,.2f} {currency}"

    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim")
    facts.add_column(justify="right")
    speed = summary["events_per_second"]
    rows = [
        ("events", f"{summary['events']:,}" + (f"  ({speed:,} a second)" if speed else "  (nothing new)")),
        ("members", f"{summary['members']:,}"),
        ("revenue", money(summary["revenue_minor"])),
        ("points issued", f"{summary['points_issued']:,}"),
        ("points spent", f"{summary['points_spent']:,}"),
        ("points redeemed of those earned", "-" if (rate := summary["redemption_rate"]) is None else f"{rate:.1%}"),
        ("points expired", f"{summary['points_expired']:,}"),
        ("points pending", f"{summary['points_pending']:,}"),
        ("liability", money(summary["liability_minor"])),
        ("sales that rewards led to", money(summary["influenced_sales_minor"])),
        ("what rewards took off them", money(summary["discount_cost_minor"])),
        ("cost of each such sale", "-" if (cost := summary["cost_per_influenced_sale_minor"]) is None else money(cost)),
        ("coupons by mail", f"{summary['coupons']['used']:,} used, {summary['coupons']['refused']:,} refused"),
    ]
    for name, value in rows:
        facts.add_row(name, value)
    ok = summary["verify"]["ok"]
    verdict = "[green]the books add up[/]" if ok else f"[red]the books disagree: {summary['verify']}[/]"
    console.print(Panel(Group(facts, verdict), title="A year of purchases", border_style="green" if ok else "red",
                        expand=False))  # fmt: skip
    console.print(_tiers(summary))
    console.print(_rules(summary))
    if summary["budgets"]:
        console.print(_budgets(summary))


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for index, column in enumerate(columns):
        table.add_column(column, justify="left" if index == 0 else "right")
    return table


def _tiers(summary: dict[str, Any]) -> Table:
    table = _table("Members per tier", "tier", "members")
    for ladder, tiers in summary["members_by_tier"].items():
        for tier, count in tiers.items():
            table.add_row(f"{ladder} / {tier}", f"{count:,}")
    return table


def _rules(summary: dict[str, Any]) -> Table:
    table = _table("What the rules gave", "rule", "wallet", "awards", "points")
    for rule in summary["top_rules"]:
        table.add_row(rule["rule"], rule["wallet"], f"{rule['awards']:,}", f"{rule['points']:,}")
    return table


def _budgets(summary: dict[str, Any]) -> Table:
    table = _table("Budgets", "budget", "period from", "used", "of")
    for budget in summary["budgets"]:
        most = "" if budget["most"] is None else f"{budget['most']:,}"
        start = "always" if budget["period_start"].startswith("0001") else budget["period_start"]
        table.add_row(f"{budget['budget']} ({budget['measure']})", start, f"{budget['used']:,}", most)
    return table
