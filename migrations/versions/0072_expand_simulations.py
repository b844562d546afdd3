"""What a draft would have done, and which simulation a revision names."""

from alembic import op

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None

SCRIPT = """
CREATE TABLE simulation (
  program_id integer NOT NULL REFERENCES program (id),
  id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
  -- The live revision that the draft is compared with.
  revision integer NOT NULL,
  -- json, not jsonb: the order of wallets and rules is part of what was written.
  document json NOT NULL,
  digest text NOT NULL,
  days integer NOT NULL CHECK (days BETWEEN 1 AND 365),
  since date NOT NULL,
  through date NOT NULL,
  -- The end of the period, by the program's clock.
  until timestamptz NOT NULL,
  note text NOT NULL DEFAULT '',
  asked_by text NOT NULL,
  asked_at timestamptz NOT NULL,
  -- Grows with every run of its job; one that was overtaken stops.
  run integer NOT NULL DEFAULT 0,
  started_at timestamptz,
  ended_at timestamptz,
  events_total bigint,
  events_done bigint NOT NULL DEFAULT 0,
  error text,
  result json,
  PRIMARY KEY (program_id, id)
);

-- What was known when a revision was published.
CREATE TABLE revision_simulation (
  program_id integer NOT NULL,
  number integer NOT NULL,
  simulation_id uuid NOT NULL,
  PRIMARY KEY (program_id, number),
  FOREIGN KEY (program_id, simulation_id) REFERENCES simulation (program_id, id)
);
"""
TABLES = ("simulation", "revision_simulation")


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
