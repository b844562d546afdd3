"""What is known of a launch: the first event of each key, and when a program is announced."""

from alembic import op

revision = "0082"
down_revision = "0081"
branch_labels = None
depends_on = None

SCRIPT = """
-- When an event that came with this key was first taken in; written once.
ALTER TABLE api_key ADD COLUMN first_event_at timestamptz;
-- The local day on which members are to hear of the program; a plan of people, nothing follows from it.
ALTER TABLE program ADD COLUMN launch_on date;
"""


def upgrade() -> None:
    op.execute(SCRIPT)


def downgrade() -> None:
    raise RuntimeError("migrations go forward only; restore a backup to go back")
