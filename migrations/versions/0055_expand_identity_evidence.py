"""Identities: what proved that they are the member's."""

from alembic import op

revision = "0055"
down_revision = "0050"
branch_labels = None
depends_on = None

SCRIPT = "ALTER TABLE identity ADD COLUMN evidence jsonb"


def upgrade() -> None:
    op.execute(SCRIPT)


def downgrade() -> None:
    raise RuntimeError("migrations go forward only; restore a backup to go back")
