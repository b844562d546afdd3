"""What setting up, changing people, and their stores refuse. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from puntal.kit.errors import Conflict, Forbidden, Invalid, NotFound


class SetUpAlready(Conflict):
    """Somebody was first; she, or whoever she appoints, lets others in."""

    code = "access.set_up_already"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This installation has an owner already; ask the owner to add you",
        "es": "Esta instalación ya tiene propietario; pídele que te añada",
    }


class SetUpElsewhere(Forbidden):
    """From another machine it takes the token that the server printed."""

    code = "access.setup_token_required"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Send the set-up token that puntal printed as it started; without it this works on its own machine only",
        "es": "Envía el código de instalación que puntal mostró al arrancar; sin él solo funciona en su propia máquina",
    }


class StoreUnknown(NotFound):
    """The organization has no such store."""

    code = "access.store_unknown"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "There is no store {store}",
        "es": "No existe la tienda {store}",
    }


class StoreTaken(Conflict):
    """Its id names another store already."""

    code = "access.store_taken"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "There is a store {store} already",
        "es": "Ya existe una tienda {store}",
    }


class StoreClosed(Conflict):
    """Nobody works at a store that is closed."""

    code = "access.store_closed"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The store {store} is closed; open it again first",
        "es": "La tienda {store} está cerrada; primero vuelve a abrirla",
    }


class StoreInUse(Conflict):
    """Whoever works there would stand at no till."""

    code = "access.store_in_use"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "{people} people work at the store {store}; give them another store first",
        "es": "En la tienda {store} trabajan {people} personas; asígnales antes otra tienda",
    }


class RoleInUse(Conflict):
    """Whoever has it could do nothing any more."""

    code = "access.role_in_use"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "{people} people have the role {role}; give them another role first",
        "es": "{people} personas tienen el rol {role}; asígnales antes otro rol",
    }


class OwnersSeeAll(Invalid):
    """Nobody could give an owner her other programs back."""

    code = "access.owners_see_all"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "An owner sees every program",
        "es": "Una persona propietaria ve todos los programas",
    }
