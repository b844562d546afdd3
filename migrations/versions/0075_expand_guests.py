"""Insight: find guests without reading all members; add the days up anew, with members' accounts in them."""

from alembic import op

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None

SCRIPT = """
CREATE INDEX member_guest ON member (program_id, id) WHERE status = 'guest';

-- A worker makes the sums again.
DELETE FROM figure_state;
"""


def upgrade() -> None:
    op.execute(SCRIPT)


def downgrade() -> None:
    raise RuntimeError("migrations go forward only; restore a backup to go back")
