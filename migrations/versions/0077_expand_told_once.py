"""What staff are told of once, however often it is looked at."""

from alembic import op

revision = "0077"
down_revision = "0076"
branch_labels = None
depends_on = None

SCRIPT = """
-- Of what is looked at again and again (budgets, goals, owed codes): what was told, so that it is told once.
ALTER TABLE notification ADD COLUMN once text;
CREATE UNIQUE INDEX notification_once ON notification (program_id, staff_id, once) WHERE once IS NOT NULL;
"""


def upgrade() -> None:
    op.execute(SCRIPT)


def downgrade() -> None:
    raise RuntimeError("migrations go forward only; restore a backup to go back")
