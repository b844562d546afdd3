"""Pictures of rewards, and how many members a segment had at the end of each day."""

from alembic import op

revision = "0078"
down_revision = "0077"
branch_labels = None
depends_on = None

SCRIPT = """
-- A picture is found by the digest of its bytes and never changes.
CREATE TABLE image (
  program_id integer NOT NULL REFERENCES program (id),
  digest text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
  kind text NOT NULL CHECK (kind IN ('png', 'jpeg', 'webp')),
  width integer NOT NULL,
  height integer NOT NULL,
  size integer NOT NULL,
  added_at timestamptz NOT NULL,
  added_by text NOT NULL,
  data bytea NOT NULL,
  PRIMARY KEY (program_id, digest)
);
-- They are compressed already.
ALTER TABLE image ALTER COLUMN data SET STORAGE EXTERNAL;

CREATE TABLE segment_day (
  program_id integer NOT NULL REFERENCES program (id),
  segment text NOT NULL,
  day date NOT NULL,
  members integer NOT NULL,
  PRIMARY KEY (program_id, segment, day)
);
"""
TABLES = ("image", "segment_day")


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
