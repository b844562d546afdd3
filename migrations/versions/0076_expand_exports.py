"""Files that staff asked for, in pieces, so that any process can write and hand them out; and what staff are told."""

from alembic import op

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None

SCRIPT = """
CREATE TABLE export (
  program_id integer NOT NULL REFERENCES program (id),
  id uuid NOT NULL,
  kind text NOT NULL,
  format text NOT NULL CHECK (format IN ('csv', 'xlsx')),
  filters jsonb NOT NULL DEFAULT '{}',
  state text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled', 'expired')),
  asked_by text NOT NULL,
  asked_at timestamptz NOT NULL,
  -- Grows with every run of its job; one that was overtaken stops.
  run integer NOT NULL DEFAULT 0,
  started_at timestamptz,
  ended_at timestamptz,
  -- When its file is deleted, in real time.
  expires_at timestamptz,
  rows_total bigint,
  rows_done bigint NOT NULL DEFAULT 0,
  bytes bigint NOT NULL DEFAULT 0,
  -- Signs its links; gone with the file.
  secret bytea,
  error text,
  PRIMARY KEY (program_id, id)
);
CREATE INDEX export_expiring ON export (program_id, expires_at) WHERE state = 'done';

CREATE TABLE export_piece (
  program_id integer NOT NULL,
  export_id uuid NOT NULL,
  number integer NOT NULL,
  data bytea NOT NULL,
  PRIMARY KEY (program_id, export_id, number)
);

-- What somebody of the staff is told; of many events the code and its numbers, in words when it is read.
CREATE TABLE notification (
  program_id integer NOT NULL REFERENCES program (id),
  staff_id uuid NOT NULL,
  id uuid NOT NULL,
  code text NOT NULL,
  numbers jsonb NOT NULL DEFAULT '{}',
  -- What it is about: a kind and an id, from which a screen makes its address.
  target_kind text NOT NULL,
  target_id text NOT NULL,
  at timestamptz NOT NULL,
  read_at timestamptz,
  PRIMARY KEY (program_id, staff_id, id)
);
CREATE INDEX notification_unread ON notification (program_id, staff_id) WHERE read_at IS NULL;
"""
TABLES = ("export", "export_piece", "notification")


def upgrade() -> None:
    op.execute(SCRIPT)
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY of_program ON {table} "
            "USING (program_id = nullif(current_setting('app.program_id', true), '')::bigint) "
            "WITH CHECK (program_id = nullif(current_setting('app.program_id', true), '')::bigint)"
        )
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO puntal_app")


def downgrade() -> None:
    raise RuntimeError("migrations go forward only; restore a backup to go back")
