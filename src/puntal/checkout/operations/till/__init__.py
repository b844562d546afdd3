"""The till: who is served, redeeming and selling there, undoing it, and what was done while it was offline.

Everything is stamped with store and staff, and remembered as an `Action` under the id the till chose: the same id with
the same words answers what became of it, with other words it is refused.
"""

from puntal.checkout.operations.till.acting import Acted, redeem
from puntal.checkout.operations.till.finishing import commit, own, show, undo
from puntal.checkout.operations.till.guarding import count_misses, guard
from puntal.checkout.operations.till.programs import Programs
from puntal.checkout.operations.till.receipts import Slip, slip_of
from puntal.checkout.operations.till.scanning import Scanned, scan
from puntal.checkout.operations.till.selling import sell
from puntal.checkout.operations.till.serving import Served, serve
from puntal.checkout.operations.till.telling import Told, tell
from puntal.checkout.operations.till.uploading import Offline, bring_in

__all__ = [
    "Acted",
    "Offline",
    "Programs",
    "Scanned",
    "Served",
    "Slip",
    "Told",
    "bring_in",
    "commit",
    "count_misses",
    "guard",
    "own",
    "redeem",
    "scan",
    "sell",
    "serve",
    "show",
    "slip_of",
    "tell",
    "undo",
]
