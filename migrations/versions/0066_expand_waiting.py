"""Waiting: who waits for a place on a date of an experience."""

from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None

SCRIPT = """
-- In the order of asking; `told_at` when she was told that a place is free.
CREATE TABLE waiting (
  program_id integer NOT NULL,
  reward text NOT NULL,
  session text NOT NULL,
  member_id uuid NOT NULL,
  since timestamptz NOT NULL,
  told_at timestamptz,
  PRIMARY KEY (program_id, reward, session, member_id)
);
CREATE INDEX waiting_member ON waiting (program_id, member_id);
ALTER TABLE waiting ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_program ON waiting
  USING (program_id = nullif(current_setting('app.program_id', true), '')::bigint)
  WITH CHECK (program_id = nullif(current_setting('app.program_id', true), '')::bigint);
GRANT SELECT, INSERT, UPDATE, DELETE ON waiting TO puntal_app;
"""


def upgrade() -> None:
    op.execute(SCRIPT)


def downgrade() -> None:
    raise RuntimeError("migrations go forward only; restore a backup to go back")
