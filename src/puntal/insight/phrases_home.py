"""Alerts and recommendations in words: what is the matter, and why that is said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Protocol

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from puntal.insight.model_home import Advice, AdviceKind, Alert, AlertKind
from puntal.kit.money import major


class Naming(Protocol):
    """Says what the parts of a program are called."""

    def wallet(self, id: str) -> str:
        """Return what a wallet is called."""

    def reward(self, id: str) -> str:
        """Return what a reward is called."""

    def campaign(self, id: str) -> str:
        """Return what a campaign is called."""

    def budget(self, key: str) -> str:
        """Return what a budget is of."""


Words = Mapping[str, tuple[str, str]]
"""By language: a title, and the sentence with its numbers."""

ALERTS: Mapping[AlertKind, Words] = {
    "budget_ending": {
        "en": (
            "A budget is running out",
            "{percent} % of the {measure} budget of “{about}” is used; {left} left{ends}",
        ),
        "es": (
            "Un presupuesto se acaba",
            "Usado el {percent} % del presupuesto de {measure} de «{about}»; quedan {left}{ends}",
        ),
    },
    "budget_used_up": {
        "en": (
            "A budget is used up",
            "The {measure} budget of “{about}” is used up: nothing more is given in this period",
        ),
        "es": (
            "Un presupuesto se agotó",
            "El presupuesto de {measure} de «{about}» se agotó: no da nada más en este periodo",
        ),
    },
    "points_ending": {
        "en": ("Many units end soon", "{percent} % of what is available in {about} ends within thirty days: {units}"),
        "es": (
            "Mucho saldo caduca pronto",
            "El {percent} % de lo disponible en {about} caduca en treinta días: {units}",
        ),
    },
    "webhooks_parked": {
        "en": ("Webhooks were not delivered", "{count} were given up and wait to be sent again"),
        "es": ("Hay webhooks sin entregar", "{count} se dieron por fallidos y esperan que se reenvíen"),
    },
    "jobs_failed": {
        "en": ("Background work failed", "{count} jobs were given up after all their tries"),
        "es": ("Falló trabajo en segundo plano", "{count} tareas se abandonaron tras todos sus intentos"),
    },
    "approvals_waiting": {
        "en": ("Somebody waits for a second person", "Actions waiting for approval: {count}"),
        "es": ("Alguien espera a una segunda persona", "Acciones a la espera de aprobación: {count}"),
    },
    "goal_behind": {
        "en": ("A goal is behind", "“{about}”: {percent} % of the way, {days} days left"),
        "es": ("Un objetivo va con retraso", "«{about}»: {percent} % del camino, quedan {days} días"),
    },
    "goal_missed": {
        "en": ("A goal was missed", "“{about}” ended at {percent} % of the way"),
        "es": ("No se alcanzó un objetivo", "«{about}» terminó al {percent} % del camino"),
    },
    "books_disagree": {
        "en": ("The books disagree", "Last night's check found {count} places; ask whoever operates Puntal"),
        "es": ("Los libros no cuadran", "La revisión de anoche halló {count} lugares; avisa a quien opera Puntal"),
    },
}

ADVICE: Mapping[AdviceKind, Words] = {
    "remind_of_ending": {
        "en": ("Send a reminder", "{percent} % of what is available in {about} ends within thirty days: {units}"),
        "es": ("Envía un recordatorio", "El {percent} % de lo disponible en {about} caduca en treinta días: {units}"),
    },
    "make_rewards_reachable": {
        "en": (
            "Offer a reward that is sooner reached",
            "Only {percent} % of all that was ever earned in {about} has been redeemed",
        ),
        "es": (
            "Ofrece una recompensa más fácil de alcanzar",
            "Solo se ha canjeado el {percent} % de lo ganado en {about}",
        ),
    },
    "retire_unused_rewards": {
        "en": ("Change or retire rewards nobody takes", "Not taken once in the period: {names}{more}"),
        "es": ("Cambia o retira recompensas que nadie usa", "Nadie las canjeó en el periodo: {names}{more}"),
    },
    "win_back_members": {
        "en": (
            "Win quiet members back",
            "{quiet} of {members} members did nothing in the period; {percent} % were active",
        ),
        "es": (
            "Recupera a los miembros inactivos",
            "{quiet} de {members} miembros no hicieron nada; activos el {percent} %",
        ),
    },
    "invite_guests": {
        "en": ("Invite guests to join", "{percent} % of buyers are not members: {guests} people"),
        "es": (
            "Invita a quien compra sin ser miembro",
            "El {percent} % de los compradores no son miembros: {guests} personas",
        ),
    },
    "bring_buyers_back": {
        "en": (
            "Bring buyers back",
            "{percent} % of orders came from returning customers, {before} % the period before",
        ),
        "es": (
            "Haz que los clientes vuelvan",
            "El {percent} % de los pedidos son de clientes que vuelven; antes {before} %",
        ),
    },
    "review_costly_incentive": {
        "en": (
            "Review an incentive that costs more than it brings",
            "“{about}” cost {cost} and led to sales of {sales}",
        ),
        "es": (
            "Revisa un incentivo que cuesta más de lo que trae",
            "«{about}» costó {cost} y llevó a ventas de {sales}",
        ),
    },
}

_ON: Mapping[str, str] = {"en": "; at this pace it ends on {on}", "es": "; a este ritmo se acaba el {on}"}
_MONEY = frozenset({"cost", "sales"})
_MONEY_MEASURES = frozenset({"value", "discount"})
_MEASURES: Mapping[str, tuple[str, str]] = {
    "points": ("points", "puntos"),
    "times": ("times", "veces"),
    "members": ("members", "miembros"),
    "redemptions": ("redemptions", "canjes"),
    "value": ("order value", "valor de pedidos"),
    "discount": ("discounts", "descuentos"),
    "stock": ("stock", "existencias"),
}
_BUDGETS = frozenset({"budget_ending", "budget_used_up"})
_WALLETS = frozenset({"points_ending", "remind_of_ending", "make_rewards_reachable"})


def words_of(found: Alert | Advice, names: Naming, language: str, currency: str) -> tuple[str, str]:
    """Return the title and the reason in a language: names of the program's parts, numbers and days as one writes them.

    Money is an amount of the program's currency.
    """
    title, sentence = (ALERTS[found.kind] if isinstance(found, Alert) else ADVICE[found.kind])[language]
    measure = str(found.numbers.get("measure", ""))
    on = found.numbers.get("on")
    said: dict[str, str] = {"about": _about(found, names), "ends": ""}
    for name, value in found.numbers.items():
        if name in _MONEY or (name == "left" and measure in _MONEY_MEASURES):
            said[name] = format_currency(major(int(value), currency), currency, locale=language)
        elif isinstance(value, int):
            said[name] = format_decimal(value, locale=language)
        else:
            said[name] = value
    if on:
        said["ends"] = _ON[language].format(on=format_date(date.fromisoformat(str(on)), "medium", locale=language))
    if measure:
        words = _MEASURES.get(measure)
        said["measure"] = names.wallet(measure) if words is None else words[language == "es"]
    if "names" in found.numbers:
        some = str(found.numbers["names"]).split(", ")
        said["names"] = ", ".join(
            f"“{names.reward(one)}”" if language == "en" else f"«{names.reward(one)}»" for one in some
        )
        rest = int(found.numbers["count"]) - len(some)
        said["more"] = (" and {n} more", " y {n} más")[language == "es"].format(n=rest) if rest > 0 else ""
    return title, sentence.format(**said)


def _about(found: Alert | Advice, names: Naming) -> str:
    about = found.about or ""
    if found.kind in _BUDGETS:
        return names.budget(about)
    if found.kind in _WALLETS:
        return names.wallet(about)
    if isinstance(found, Advice):
        return names.campaign(about) if found.target == "campaigns" else names.reward(about)
    return about
