"""Jobs: the tables of procrastinate, and which programs have something for the relay."""

from pathlib import Path

from alembic import op

revision = "0020"
down_revision = "0010"
branch_labels = None
depends_on = None

SCHEMA = Path(__file__).parents[1] / "sql" / "procrastinate_3_10.sql"

RIGHTS = """
GRANT SELECT, INSERT, UPDATE, DELETE
  ON procrastinate_jobs, procrastinate_events, procrastinate_workers, procrastinate_periodic_defers TO puntal_app;
GRANT USAGE ON SEQUENCE
  procrastinate_jobs_id_seq, procrastinate_events_id_seq, procrastinate_periodic_defers_id_seq TO puntal_app;
"""

WAITING = """
-- The relay of a worker serves every program, and row security shows it one at a time. This tells which ones to look
-- at and nothing else: numbers of programs, no row of theirs.
CREATE FUNCTION programs_with_outbox() RETURNS SETOF integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT DISTINCT program_id FROM public.outbox WHERE relayed_at IS NULL
$$;
REVOKE ALL ON FUNCTION programs_with_outbox() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION programs_with_outbox() TO puntal_app;
"""


def upgrade() -> None:
    for script in (SCHEMA.read_text(encoding="utf-8"), RIGHTS, WAITING):
        op.execute(script)


def downgrade() -> None:
    raise RuntimeError("migrations go forward only; restore a backup to go back")
