"""Refusals of simulations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from puntal.kit.errors import Conflict, NotFound


class SimulationNotFound(NotFound):
    """There is no simulation of this id in the program."""

    code = "insight.simulation_not_found"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "There is no such simulation",
        "es": "No existe esa simulación",
    }


class TooManySimulations(Conflict):
    """So many simulations of a program wait or run already."""

    code = "insight.too_many_simulations"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "{running} simulations are waiting or running already; wait for one or cancel it",
        "es": "Ya hay {running} simulaciones en espera o en curso; espera a que acabe una o cancélala",
    }
