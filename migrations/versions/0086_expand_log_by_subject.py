"""A program's log by what it is about: a member's page reads what was done to her."""

from alembic import op

revision = "0086"
down_revision = "0085"
branch_labels = None
depends_on = None

SCRIPT = """
CREATE INDEX audit_entry_subject ON audit_entry (program_id, subject, id);
"""


def upgrade() -> None:
    op.execute(SCRIPT)


def downgrade() -> None:
    raise RuntimeError("migrations go forward only; restore a backup to go back")
