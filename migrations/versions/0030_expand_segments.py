"""Segments: what the last evaluation of each was, and which news of members they have taken up."""

from alembic import op

revision = "0030"
down_revision = "0021"
branch_labels = None
depends_on = None

SCRIPT = """
-- One row per dynamic segment that was evaluated. Held while evaluating: two evaluations of one segment would each
-- undo what the other found.
CREATE TABLE segment_evaluation (
  program_id integer NOT NULL,
  segment text NOT NULL,
  -- Of the condition; another one is evaluated for everybody.
  digest text NOT NULL DEFAULT '',
  -- For everybody; NULL before the first time.
  evaluated_at timestamptz,
  PRIMARY KEY (program_id, segment)
);

-- A second reader of the outbox beside the relay: whose segments are to be evaluated again.
ALTER TABLE outbox ADD COLUMN evaluated boolean NOT NULL DEFAULT false;
CREATE INDEX outbox_unevaluated ON outbox (program_id, id) WHERE member_id IS NOT NULL AND NOT evaluated;
"""


def upgrade() -> None:
    op.execute(SCRIPT)
    op.execute("ALTER TABLE segment_evaluation ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY of_program ON segment_evaluation "
        "USING (program_id = nullif(current_setting('app.program_id', true), '')::bigint) "
        "WITH CHECK (program_id = nullif(current_setting('app.program_id', true), '')::bigint)"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON segment_evaluation TO puntal_app")


def downgrade() -> None:
    raise RuntimeError("migrations go forward only; restore a backup to go back")
