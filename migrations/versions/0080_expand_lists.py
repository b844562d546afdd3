"""Lists of members narrowed by status or tier: found along an index, however many members there are."""

from alembic import op

revision = "0080"
down_revision = "0079"
branch_labels = None
depends_on = None

SCRIPT = """
-- Newest first of one status. Members are written when they join or change, never per event.
CREATE INDEX member_listed ON member (program_id, status, coalesce(enrolled_at, created_at), id);

-- Who came into a tier; whether she is still there, her later changes tell. Appended to when a tier changes.
CREATE INDEX tier_change_standing ON tier_change (program_id, ladder, to_tier, member_id, id);
"""


def upgrade() -> None:
    op.execute(SCRIPT)


def downgrade() -> None:
    raise RuntimeError("migrations go forward only; restore a backup to go back")
