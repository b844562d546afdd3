"""What the parts of a program are called in a language: as its document says, else by their ids spelled out. Pure."""

from __future__ import annotations

from puntal.insight.periodic.model import Language, Named
from puntal.programs.catalogue import labels_of
from puntal.programs.document.program import Program
from puntal.programs.document.values import Text


def named(document: Program, language: Language) -> Named:
    """Return what everything of a document is called."""
    campaigns = document.campaigns
    rules = [*document.earning, *(rule for one in campaigns for rule in one.earning)]
    rewards = [*document.rewards, *(reward for one in campaigns for reward in one.rewards)]
    return Named(
        program=said(document.name, "", language),
        wallets={id: _capital(said(one.label, id, language)) for id, one in document.wallets.items()},
        rewards={one.id: said(one.name, one.id, language) for one in rewards},
        rules={one.id: said(one.label, one.id, language) for one in rules},
        campaigns={one.id: said(one.label, one.id, language) for one in campaigns},
        tiers={
            (ladder.id, tier.id): said(tier.name, tier.id, language)
            for ladder in document.ladders
            for tier in ladder.tiers
        },
    )


def said(text: Text | None, id: str, language: Language) -> str:
    """Return a text of a document in a language, else in any; else its id as words."""
    labels = labels_of(text)
    found = labels.get(language) or next(
        (label for locale, label in labels.items() if locale.startswith(f"{language}-")), None
    )
    return found or next(iter(labels.values()), None) or spelled(id)


def spelled(id: str) -> str:
    """Return an id as words."""
    return _capital(id.replace("_", " ").replace("-", " "))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
