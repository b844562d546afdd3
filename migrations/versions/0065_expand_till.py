"""What was done at the tills of stores, so that it can be told again and undone."""

from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None

SCRIPT = """
-- One thing done at a till, under the id the till chose. `detail` holds the ids of what it consists of and nothing of
-- the person: redemptions, events and vouchers say whose they are.
CREATE TABLE till_action (
  program_id integer NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('redeem', 'voucher', 'sale')),
  state text NOT NULL CHECK (state IN ('held', 'done', 'undone')),
  store text NOT NULL,
  actor text NOT NULL,
  at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL,
  undo_until timestamptz NOT NULL,
  fingerprint text NOT NULL,
  detail json NOT NULL,
  undone_at timestamptz,
  PRIMARY KEY (program_id, id)
);
ALTER TABLE till_action ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_program ON till_action
  USING (program_id = nullif(current_setting('app.program_id', true), '')::bigint)
  WITH CHECK (program_id = nullif(current_setting('app.program_id', true), '')::bigint);
GRANT SELECT, INSERT, UPDATE ON till_action TO puntal_app;
"""


def upgrade() -> None:
    op.execute(SCRIPT)


def downgrade() -> None:
    raise RuntimeError("migrations go forward only; restore a backup to go back")
