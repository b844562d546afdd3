"""What is brought in from files, as work that can be followed."""

from alembic import op

revision = "0081"
down_revision = "0080"
branch_labels = None
depends_on = None

SCRIPT = """
CREATE TABLE import_run (
  program_id integer NOT NULL REFERENCES program (id),
  id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('events', 'members')),
  name text NOT NULL,
  state text NOT NULL CHECK (state IN ('running', 'done', 'failed', 'cancelled')),
  -- Rows or lines; NULL until it is known.
  total bigint,
  done bigint NOT NULL DEFAULT 0,
  added bigint NOT NULL DEFAULT 0,
  known bigint NOT NULL DEFAULT 0,
  refused bigint NOT NULL DEFAULT 0,
  asked_by text NOT NULL,
  asked_at timestamptz NOT NULL,
  -- When it last got further: what its sender left alone shows by it.
  moved_at timestamptz NOT NULL,
  ended_at timestamptz,
  PRIMARY KEY (program_id, id)
);
ALTER TABLE import_run ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_program ON import_run
  USING (program_id = nullif(current_setting('app.program_id', true), '')::bigint)
  WITH CHECK (program_id = nullif(current_setting('app.program_id', true), '')::bigint);
GRANT SELECT, INSERT, UPDATE, DELETE ON import_run TO puntal_app;
"""


def upgrade() -> None:
    op.execute(SCRIPT)


def downgrade() -> None:
    raise RuntimeError("migrations go forward only; restore a backup to go back")
