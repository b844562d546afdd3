"""Members by the day they came and the day they were born, written so that row security lets the indexes be used."""

from alembic import op

revision = "0083"
down_revision = "0082"
branch_labels = None
depends_on = None

SCRIPT = """
-- Newest first of one status. Under row security `coalesce` is only asked of rows that were read, so a page far down
-- the list read all before it; CASE says the same and bounds the walk.
CREATE INDEX member_since ON member
  (program_id, status, (CASE WHEN enrolled_at IS NULL THEN created_at ELSE enrolled_at END), id);
DROP INDEX member_listed;

-- The same for birthdays: they are asked for by whole dates, not by a sum of their month and day.
CREATE INDEX member_born ON member (program_id, birthday) WHERE birthday IS NOT NULL;
DROP INDEX member_birthday;
"""


def upgrade() -> None:
    op.execute(SCRIPT)


def downgrade() -> None:
    raise RuntimeError("migrations go forward only; restore a backup to go back")
