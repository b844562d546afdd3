"""What one cashier did at a store, newest first."""

from alembic import op

revision = "0085"
down_revision = "0084"
branch_labels = None
depends_on = None

SCRIPT = """
-- A till shows whoever stands at it what she did there and may still undo.
CREATE INDEX till_action_done ON till_action (program_id, store, actor, recorded_at, id);
"""


def upgrade() -> None:
    op.execute(SCRIPT)


def downgrade() -> None:
    raise RuntimeError("migrations go forward only; restore a backup to go back")
