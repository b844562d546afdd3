"""What permissions and built-in roles are called, in words for people. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from puntal.access.model import Permission
from puntal.kit.words import Words

GROUPS: Mapping[str, Words] = {
    "members": Words("Members", "Miembros"),
    "points": Words("Points and money", "Puntos y dinero"),
    "shop": Words("Shop and till", "Tienda y caja"),
    "program": Words("Program", "Programa"),
    "results": Words("Results", "Resultados"),
    "connections": Words("Connections", "Conexiones"),
    "organization": Words("Organization", "Organización"),
}

PERMISSIONS: Mapping[Permission, tuple[str, Words]] = {
    Permission.MEMBERS_READ: ("members", Words("See members and what they have", "Ver miembros y lo que tienen")),
    Permission.MEMBERS_WRITE: (
        "members",
        Words("Add, change, pause and block members", "Añadir, cambiar, pausar y bloquear miembros"),
    ),
    Permission.MEMBERS_MERGE: ("members", Words("Merge two records of one person", "Unir dos fichas de una persona")),
    Permission.MEMBERS_ERASE: ("members", Words("Erase a person for good", "Borrar a una persona para siempre")),
    Permission.POINTS_ADJUST: ("points", Words("Add or take points by hand", "Añadir o quitar puntos a mano")),
    Permission.POINTS_TRANSFER: ("points", Words("Move points between members", "Mover puntos entre miembros")),
    Permission.MONEY_LOAD: (
        "points",
        Words("Load money wallets and sell gift cards", "Cargar monederos y vender tarjetas regalo"),
    ),
    Permission.MONEY_SPEND: (
        "points",
        Words("Pay from money wallets and gift cards", "Pagar con monederos y tarjetas regalo"),
    ),
    Permission.MONEY_PAYOUT: ("points", Words("Pay money out to members", "Devolver dinero a los miembros")),
    Permission.EVENTS_READ: (
        "shop",
        Words("See orders and events with their reasons", "Ver pedidos y eventos con sus motivos"),
    ),
    Permission.EVENTS_WRITE: ("shop", Words("Send orders and events", "Enviar pedidos y eventos")),
    Permission.CARTS_EVALUATE: (
        "shop",
        Words("Ask what a cart earns and may use", "Preguntar qué gana y qué puede usar un carrito"),
    ),
    Permission.REDEMPTIONS_WRITE: ("shop", Words("Redeem rewards for members", "Canjear recompensas de los miembros")),
    Permission.TILL_USE: ("shop", Words("Work at the till of a store", "Trabajar en la caja de una tienda")),
    Permission.VOUCHERS_READ: ("shop", Words("See vouchers", "Ver vales")),
    Permission.VOUCHERS_WRITE: ("shop", Words("Issue and end vouchers", "Emitir y anular vales")),
    Permission.PROGRAM_READ: ("program", Words("See the program", "Ver el programa")),
    Permission.PROGRAM_WRITE: ("program", Words("Edit the draft of the program", "Editar el borrador del programa")),
    Permission.PROGRAM_PUBLISH: (
        "program",
        Words("Publish the program and roll it back", "Publicar el programa y volver atrás"),
    ),
    Permission.PROGRAM_CREATE: ("program", Words("Create programs", "Crear programas")),
    Permission.SWITCHES_WRITE: (
        "program",
        Words("Stop and restart rules, rewards and campaigns", "Parar y reanudar reglas, recompensas y campañas"),
    ),
    Permission.REPORTS_READ: ("results", Words("See reports and export them", "Ver informes y exportarlos")),
    Permission.APPROVALS_READ: (
        "results",
        Words("See requests for a second person", "Ver solicitudes de una segunda persona"),
    ),
    Permission.APPROVALS_DECIDE: (
        "results",
        Words("Approve or decline requests of others", "Aprobar o rechazar solicitudes de otros"),
    ),
    Permission.AUDIT_READ: ("results", Words("Read who did what", "Leer quién hizo qué")),
    Permission.IMPORTS_WRITE: ("connections", Words("Import members and history", "Importar miembros e historial")),
    Permission.WEBHOOKS_READ: (
        "connections",
        Words("See webhooks and their deliveries", "Ver webhooks y sus entregas"),
    ),
    Permission.WEBHOOKS_WRITE: ("connections", Words("Set up webhooks", "Configurar webhooks")),
    Permission.KEYS_READ: ("connections", Words("See API keys", "Ver claves de API")),
    Permission.KEYS_WRITE: ("connections", Words("Make and revoke API keys", "Crear y revocar claves de API")),
    Permission.STAFF_READ: ("organization", Words("See staff, roles and stores", "Ver personal, roles y tiendas")),
    Permission.STAFF_WRITE: (
        "organization",
        Words("Manage staff, roles, stores and signing in", "Gestionar personal, roles, tiendas y acceso"),
    ),
}
"""By permission: the group it is shown in, and what it lets somebody do."""

ROLES: Mapping[str, tuple[Words, Words]] = {
    "owner": (Words("Owner", "Propiedad"), Words("Everything, and appoints owners", "Todo, y nombra propietarios")),
    "admin": (
        Words("Administrator", "Administración"),
        Words("Everything but appointing owners", "Todo menos nombrar propietarios"),
    ),
    "marketer": (
        Words("Marketer", "Marketing"),
        Words("Runs program, campaigns and rewards", "Lleva el programa, las campañas y las recompensas"),
    ),
    "analyst": (Words("Analyst", "Análisis"), Words("Sees everything, changes nothing", "Lo ve todo, no cambia nada")),
    "support": (
        Words("Support", "Atención al cliente"),
        Words("Helps members, up to a limit", "Ayuda a los miembros, hasta un límite"),
    ),
    "cashier": (Words("Cashier", "Caja"), Words("Works at the till of one store", "Trabaja en la caja de una tienda")),
}
"""By built-in role: its name, and what it is for."""


def name_of_role(id: str) -> Words:
    """Return what a role is called; one of the organization's own by its id."""
    known = ROLES.get(id)
    return Words(id, id) if known is None else known[0]
