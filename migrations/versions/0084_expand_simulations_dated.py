"""What a simulated draft changes on days that were not looked at, and by how much it was moved into them."""

from alembic import op

revision = "0084"
down_revision = "0083"
branch_labels = None
depends_on = None

SCRIPT = """
ALTER TABLE simulation ADD COLUMN dated json NOT NULL DEFAULT '[]';
"""


def upgrade() -> None:
    op.execute(SCRIPT)


def downgrade() -> None:
    raise RuntimeError("migrations go forward only; restore a backup to go back")
