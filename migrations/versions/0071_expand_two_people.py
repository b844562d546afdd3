"""What takes two people, and until when it is waited for."""

from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None

SCRIPT = """
-- What the organization wants a second person for: publish, and from what sizes on.
ALTER TABLE organization ADD COLUMN four_eyes jsonb NOT NULL DEFAULT '{}';

-- Nobody decides it from then on; NULL, of those asked before there was an end: never.
ALTER TABLE approval ADD COLUMN expires_at timestamptz;
"""


def upgrade() -> None:
    op.execute(SCRIPT)


def downgrade() -> None:
    raise RuntimeError("migrations go forward only; restore a backup to go back")
