"""What the parts of a program are called where a report speaks of them: people read names, not ids. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from puntal.programs.catalogue import labels_of, pay_labels
from puntal.programs.document.program import Program
from puntal.programs.document.values import Text
from puntal.rewards.model import PAY


class Names:
    """Names of a document's parts in a language; of what has none its id, spelled with spaces."""

    def __init__(self, document: Program, language: str) -> None:
        self._document = document
        self._language = language

    def wallet(self, id: str) -> str:
        """Return what a wallet is called."""
        found = self._document.wallets.get(id)
        return self._said(None if found is None else found.label, id)

    def reward(self, id: str) -> str:
        """Return what a reward is called."""
        if id.startswith(PAY):
            return self._said(pay_labels(self._document, id.removeprefix(PAY)), id)
        campaigns = (one for each in self._document.campaigns for one in each.rewards)
        return self._said(_first(id, ((one.id, one.name) for one in (*self._document.rewards, *campaigns))), id)

    def campaign(self, id: str) -> str:
        """Return what a campaign is called."""
        return self._said(_first(id, ((one.id, one.label) for one in self._document.campaigns)), id)

    def rule(self, id: str) -> str:
        """Return what an earning rule is called."""
        campaigns = (one for each in self._document.campaigns for one in each.earning)
        return self._said(_first(id, ((one.id, one.label) for one in (*self._document.earning, *campaigns))), id)

    def budget(self, key: str) -> str:
        """Return what a budget is of: `program`, `campaign:<id>`, `rule:<id>` or `reward:<id>`."""
        kind, _, rest = key.partition(":")
        # Of a reward's stock the key ends with what of it is counted.
        id = rest.partition(":")[0]
        if kind == "program":
            return self._said(self._document.name, key)
        return {"campaign": self.campaign, "reward": self.reward, "rule": self.rule}.get(kind, _spelled)(id or key)

    def _said(self, text: Text | None, id: str) -> str:
        labels: Mapping[str, str] = labels_of(text)
        return labels.get(self._language) or labels.get("en") or next(iter(labels.values()), _spelled(id))


def _first(id: str, texts: Iterable[tuple[str, Text | None]]) -> Text | None:
    return next((text for one, text in texts if one == id), None)


def _spelled(id: str) -> str:
    return id.replace("_", " ").replace("-", " ").capitalize()
