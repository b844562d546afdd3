"""What webhooks refuse. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from puntal.kit.errors import Conflict, Faulty, NotFound


class EndpointUnknown(NotFound):
    """No endpoint of this program has this id."""

    code = "webhooks.endpoint_unknown"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "There is no such webhook endpoint",
        "es": "No existe ese destino de webhooks",
    }


class DeliveryUnknown(NotFound):
    """No delivery of this program has this id; delivered ones are kept 30 days."""

    code = "webhooks.delivery_unknown"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "There is no such webhook delivery",
        "es": "No existe ese envío de webhook",
    }


class EndpointDisabled(Conflict):
    """Nothing is sent to it until it is enabled again."""

    code = "webhooks.endpoint_disabled"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This webhook endpoint is disabled; enable it first",
        "es": "Este destino de webhooks está desactivado; actívalo primero",
    }


class SecretUnreadable(Conflict):
    """It was sealed by a key that this server was not given."""

    code = "webhooks.secret_unreadable"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This server lacks the key to the secret of a webhook endpoint; bring it back, or rotate the secret",
        "es": "A este servidor le falta la clave del secreto de un destino de webhooks; recupérala o cambia el secreto",
    }


class TooManyEndpoints(Conflict):
    """Every happening is matched against each endpoint, so their number is bounded."""

    code = "webhooks.too_many_endpoints"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "A program has at most {most} webhook endpoints",
        "es": "Un programa tiene como máximo {most} destinos de webhooks",
    }


class EndpointNotValid(Faulty):
    """The address or the list of kinds cannot be used, with everything that is wrong."""

    code = "webhooks.endpoint_invalid"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This webhook endpoint cannot be used: {count} values are not valid",
        "en_one": "This webhook endpoint cannot be used: one value is not valid",
        "es": "Este destino de webhooks no se puede usar: {count} valores no son válidos",
        "es_one": "Este destino de webhooks no se puede usar: un valor no es válido",
    }
