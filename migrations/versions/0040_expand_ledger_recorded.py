"""The ledger: find what was recorded in a period without reading the whole of it."""

from alembic import op

revision = "0040"
down_revision = "0030"
branch_labels = None
depends_on = None

# Transfers are appended in the order they are recorded, so block ranges tell them apart at almost no cost per row.
SCRIPT = "CREATE INDEX transfer_recorded ON transfer USING brin (recorded_at)"


def upgrade() -> None:
    op.execute(SCRIPT)


def downgrade() -> None:
    raise RuntimeError("migrations go forward only; restore a backup to go back")
