"""Programs: a revision that takes effect when the daily figures it reads have been counted."""

from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

SCRIPT = """
-- At most one per program; the row goes when the revision takes effect, or another one was published instead.
CREATE TABLE preparation (
  program_id integer NOT NULL REFERENCES program (id),
  id uuid NOT NULL,
  document json NOT NULL,
  digest text NOT NULL,
  asked_at timestamptz NOT NULL,
  asked_by text NOT NULL,
  note text NOT NULL,
  effective_from timestamptz,
  -- The last member whose figures are counted: a job that was cut short goes on behind her.
  counted_through uuid NOT NULL,
  PRIMARY KEY (program_id)
);
ALTER TABLE preparation ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_program ON preparation
  USING (program_id = nullif(current_setting('app.program_id', true), '')::bigint)
  WITH CHECK (program_id = nullif(current_setting('app.program_id', true), '')::bigint);
GRANT SELECT, INSERT, UPDATE, DELETE ON preparation TO puntal_app;
"""


def upgrade() -> None:
    op.execute(SCRIPT)


def downgrade() -> None:
    raise RuntimeError("migrations go forward only; restore a backup to go back")
