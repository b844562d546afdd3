"""Alerts and recommendations in words: what is the matter, and why that is said."""

from __future__ import annotations

from collections.abc import Mapping

from puntal.insight.model_home import Advice, AdviceKind, Alert, AlertKind
from puntal.kit.money import major

Words = Mapping[str, tuple[str, str]]
"""By language: a title, and the sentence with its numbers."""

ALERTS: Mapping[AlertKind, Words] = {
    "budget_ending": {
        "en": ("A budget is running out", "{percent} % of {about} ({measure}) is used; {left} left{ends}"),
        "es": ("Un presupuesto se acaba", "Usado el {percent} % de {about} ({measure}); quedan {left}{ends}"),
    },
    "budget_used_up": {
        "en": ("A budget is used up", "{about} ({measure}) is used up: it gives nothing more in this period"),
        "es": ("Un presupuesto se agotó", "{about} ({measure}) se agotó: no da nada más en este periodo"),
    },
    "points_ending": {
        "en": ("Much ends soon", "{percent} % of what is available in {about} ends within thirty days: {units}"),
        "es": ("Mucho caduca pronto", "El {percent} % de lo disponible en {about} caduca en treinta días: {units}"),
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
        "en": ("Somebody waits for a second person", "{count} actions wait for approval"),
        "es": ("Alguien espera a una segunda persona", "{count} acciones esperan aprobación"),
    },
    "goal_behind": {
        "en": ("A goal is behind", "{about}: {percent} % of the way, {days} days left"),
        "es": ("Un objetivo va con retraso", "{about}: {percent} % del camino, quedan {days} días"),
    },
    "goal_missed": {
        "en": ("A goal was missed", "{about} ended at {percent} % of the way"),
        "es": ("No se alcanzó un objetivo", "{about} terminó al {percent} % del camino"),
    },
    "books_disagree": {
        "en": ("The books disagree", "Last night's check found {count} places; ask whoever operates Puntal"),
        "es": ("Los libros no cuadran", "La revisión de anoche halló {count} lugares; avise a quien opera Puntal"),
    },
}

ADVICE: Mapping[AdviceKind, Words] = {
    "remind_of_ending": {
        "en": ("Send a reminder", "{percent} % of what is available in {about} ends within thirty days: {units}"),
        "es": ("Envíe un recordatorio", "El {percent} % de lo disponible en {about} caduca en treinta días: {units}"),
    },
    "make_rewards_reachable": {
        "en": ("Offer a reward that is sooner reached", "Only {percent} % of {about} ever earned was redeemed"),
        "es": ("Ofrezca una recompensa más fácil de alcanzar", "Solo se ha canjeado el {percent} % de {about} ganados"),
    },
    "retire_unused_rewards": {
        "en": ("Change or retire rewards nobody takes", "Nobody took {count} of them in the period: {names}"),
        "es": ("Cambie o retire recompensas que nadie usa", "Nadie usó {count} en el periodo: {names}"),
    },
    "win_back_members": {
        "en": (
            "Win quiet members back",
            "{quiet} of {members} members did nothing in the period; {percent} % were active",
        ),
        "es": (
            "Recupere a miembros inactivos",
            "{quiet} de {members} miembros no hicieron nada; activos el {percent} %",
        ),
    },
    "invite_guests": {
        "en": ("Invite guests to join", "{percent} % of buyers are not members: {guests} people"),
        "es": ("Invite a unirse", "El {percent} % de los compradores no son miembros: {guests} personas"),
    },
    "bring_buyers_back": {
        "en": (
            "Bring buyers back",
            "{percent} % of orders came from returning customers, {before} % the period before",
        ),
        "es": (
            "Haga volver a los clientes",
            "El {percent} % de los pedidos son de clientes que vuelven; antes {before} %",
        ),
    },
    "review_costly_incentive": {
        "en": ("Review an incentive that costs more than it brings", "{about} cost {cost} and led to sales of {sales}"),
        "es": ("Revise un incentivo que cuesta más de lo que trae", "{about} costó {cost} y llevó a ventas de {sales}"),
    },
}

_ON: Mapping[str, str] = {"en": "; at this pace it ends on {on}", "es": "; a este ritmo se acaba el {on}"}


_MONEY = frozenset({"cost", "sales"})


def words_of(found: Alert | Advice, language: str, currency: str) -> tuple[str, str]:
    """Return the title and the reason in a language; money as an amount of the program's currency."""
    title, sentence = (ALERTS[found.kind] if isinstance(found, Alert) else ADVICE[found.kind])[language]
    on = found.numbers.get("on")
    ends = _ON[language].format(on=on) if on else ""
    numbers = {
        name: f"{major(value, currency)} {currency}" if name in _MONEY and isinstance(value, int) else value
        for name, value in found.numbers.items()
    }
    return title, sentence.format(about=found.about, ends=ends, **numbers)
