"""What others have, beside our own figures; and reports that are made of every week, month or quarter."""

from alembic import op

revision = "0079"
down_revision = "0078"
branch_labels = None
depends_on = None

SCRIPT = """
CREATE TABLE benchmark (
  program_id integer NOT NULL REFERENCES program (id),
  id uuid NOT NULL,
  metric text NOT NULL,
  wallet text,
  -- In the figure's unit: money in minor units, a rate of 1 is 100 %.
  value numeric(20, 6) NOT NULL,
  label text NOT NULL,
  source text NOT NULL,
  year integer NOT NULL,
  sample_size bigint CHECK (sample_size > 0),
  definition text NOT NULL DEFAULT '',
  changed_at timestamptz NOT NULL,
  changed_by text NOT NULL,
  PRIMARY KEY (program_id, id)
);

CREATE TABLE report_schedule (
  program_id integer NOT NULL REFERENCES program (id),
  every text NOT NULL CHECK (every IN ('week', 'month', 'quarter')),
  language text NOT NULL,
  -- Periods that end on this local day or later are reported of.
  since date NOT NULL,
  set_at timestamptz NOT NULL,
  set_by text NOT NULL,
  PRIMARY KEY (program_id, every)
);

CREATE TABLE report (
  program_id integer NOT NULL REFERENCES program (id),
  id uuid NOT NULL,
  every text NOT NULL CHECK (every IN ('week', 'month', 'quarter')),
  since date NOT NULL,
  through date NOT NULL,
  language text NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'done', 'failed')),
  asked_by text NOT NULL,
  asked_at timestamptz NOT NULL,
  made_at timestamptz,
  -- When its files are deleted, in real time.
  expires_at timestamptz,
  -- Signs its links; made anew with the files.
  secret bytea,
  error text,
  PRIMARY KEY (program_id, id)
);
-- A period is reported of once; whoever asks again has the same report made anew.
CREATE UNIQUE INDEX report_of_period ON report (program_id, every, since);

CREATE TABLE report_file (
  program_id integer NOT NULL,
  report_id uuid NOT NULL,
  format text NOT NULL CHECK (format IN ('pdf', 'csv', 'xlsx')),
  data bytea NOT NULL,
  PRIMARY KEY (program_id, report_id, format)
);
"""
TABLES = ("benchmark", "report_schedule", "report", "report_file")


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
