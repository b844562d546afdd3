"""Insight: figures added up by day, what each person contributed to them, and indexes to find what changed since."""

from alembic import op

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None

SCRIPT = """
-- What the sums below were made for and how far they are: everything recorded before the two instants is in them.
CREATE TABLE figure_state (
  program_id integer NOT NULL,
  version bigint NOT NULL,
  zone text NOT NULL,
  clock_offset_seconds bigint NOT NULL,
  campaigns text NOT NULL,
  -- The last person of the first building; NULL once everybody is in.
  built_to uuid,
  real_from timestamptz NOT NULL,
  program_from timestamptz NOT NULL,
  -- Transfers recorded before this local midnight are in flow_day.
  flows_to timestamptz,
  PRIMARY KEY (program_id)
);

-- What a person (or, under a small number, the purchases of nobody on one day) contributed, to be taken out again.
CREATE TABLE figure_subject (
  program_id integer NOT NULL,
  id uuid NOT NULL,
  kept text NOT NULL,
  PRIMARY KEY (program_id, id)
);

CREATE TABLE figure_day (
  program_id integer NOT NULL,
  series text NOT NULL,
  day date NOT NULL,
  key text NOT NULL,
  count bigint NOT NULL,
  amount bigint NOT NULL,
  PRIMARY KEY (program_id, series, day, key)
);

-- How many did something on a day and had done it on `before` the last time. Who did it at all from A to B is then a
-- sum: the rows with a day from A to B whose `before` is earlier than A.
CREATE TABLE figure_gap (
  program_id integer NOT NULL,
  series text NOT NULL,
  day date NOT NULL,
  before date NOT NULL,
  count bigint NOT NULL,
  PRIMARY KEY (program_id, series, day, before) INCLUDE (count)
);

CREATE TABLE flow_day (
  program_id integer NOT NULL,
  day date NOT NULL,
  wallet smallint NOT NULL,
  account text NOT NULL,
  amount bigint NOT NULL,
  PRIMARY KEY (program_id, day, wallet, account)
);

-- Who took part through a pool's wallet, and when; the transfer names the pool and its event the person.
CREATE TABLE figure_pool_part (
  program_id integer NOT NULL,
  member_id uuid NOT NULL,
  day date NOT NULL,
  PRIMARY KEY (program_id, member_id, day)
);

-- Events are appended in the order they are recorded, so block ranges tell them apart at almost no cost per row.
CREATE INDEX event_recorded ON event USING brin (recorded_at);
CREATE INDEX member_updated ON member (program_id, updated_at);
CREATE INDEX redemption_committed ON redemption (program_id, committed_at) WHERE committed_at IS NOT NULL;
CREATE INDEX redemption_ended ON redemption (program_id, ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX voucher_use_at ON voucher_use (program_id, at) WHERE order_key IS NOT NULL;
CREATE INDEX voucher_use_ended ON voucher_use (program_id, ended_at) WHERE order_key IS NOT NULL;
"""
TABLES = ("figure_state", "figure_subject", "figure_day", "figure_gap", "flow_day", "figure_pool_part")


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
