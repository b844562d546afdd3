"""Insight: goals with what was told of them, and how much of each budget was used by the end of each day."""

from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None

SCRIPT = """
CREATE TABLE goal (
  program_id integer NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  metric text NOT NULL,
  wallet text,
  target numeric(20, 6) NOT NULL,
  direction text NOT NULL CHECK (direction IN ('at_least', 'at_most')),
  since date NOT NULL,
  through date NOT NULL,
  created_at timestamptz NOT NULL,
  created_by text NOT NULL,
  -- Marks, weeks behind and the end, each told once.
  told text[] NOT NULL DEFAULT '{}',
  PRIMARY KEY (program_id, id),
  CHECK (since <= through)
);

-- Written again through the day; what stands there of a day that is over is what was used by its end.
CREATE TABLE budget_day (
  program_id integer NOT NULL,
  budget text NOT NULL,
  measure text NOT NULL,
  period_start date NOT NULL,
  day date NOT NULL,
  used bigint NOT NULL,
  PRIMARY KEY (program_id, budget, measure, period_start, day)
);
"""
TABLES = ("goal", "budget_day")


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
