"""Redemptions: members taking rewards, and exactly what was reserved for each."""

from alembic import op

revision = "0060"
down_revision = "0055"
branch_labels = None
depends_on = None

UNDER_ROW_SECURITY = "redemption"

SCRIPT = """
-- A member taking a reward. `holder_id` is whose wallet paid, hers or her pool's; `wallet` is -1 for free ones.
-- `uses` is the room taken in stock, budgets and limits, `terms` what held when it was issued.
CREATE TABLE redemption (
  program_id integer NOT NULL,
  id uuid NOT NULL,
  member_id uuid NOT NULL,
  reward text NOT NULL,
  kind text NOT NULL,
  revision integer NOT NULL,
  state text NOT NULL CHECK (state IN ('held', 'committed', 'cancelled', 'lapsed', 'voided')),
  held_at timestamptz NOT NULL,
  lapses_at timestamptz,
  committed_at timestamptz,
  ended_at timestamptz,
  valid_until timestamptz,
  portions integer NOT NULL CHECK (portions > 0),
  holder_id uuid NOT NULL,
  wallet smallint NOT NULL,
  units bigint NOT NULL CHECK (units >= 0),
  returned bigint NOT NULL DEFAULT 0 CHECK (returned BETWEEN 0 AND units),
  hold_id uuid,
  transfer_id uuid,
  discount_minor bigint NOT NULL CHECK (discount_minor >= 0),
  order_minor bigint NOT NULL DEFAULT 0 CHECK (order_minor >= 0),
  currency text NOT NULL,
  order_key text,
  channel text,
  source text,
  store text,
  session text,
  fulfilment text NOT NULL CHECK (fulfilment IN ('none', 'waiting', 'under_way', 'done', 'failed')),
  used boolean NOT NULL DEFAULT false,
  lines json NOT NULL,
  uses json NOT NULL,
  terms json NOT NULL,
  fingerprint text NOT NULL,
  actor text NOT NULL,
  note text NOT NULL,
  PRIMARY KEY (program_id, id),
  CHECK ((state = 'held') = (lapses_at IS NOT NULL AND ended_at IS NULL AND committed_at IS NULL))
) WITH (fillfactor = 80);
CREATE INDEX redemption_member ON redemption (program_id, member_id, id);
CREATE INDEX redemption_lapsing ON redemption (program_id, lapses_at) WHERE state = 'held';
CREATE INDEX redemption_order ON redemption (program_id, order_key) WHERE order_key IS NOT NULL;
CREATE INDEX redemption_open ON redemption (program_id, reward, id) WHERE state IN ('held', 'committed') AND NOT used;
CREATE INDEX redemption_undelivered ON redemption (program_id, fulfilment, id)
  WHERE fulfilment IN ('waiting', 'under_way');
"""


def upgrade() -> None:
    op.execute(SCRIPT)
    for table in UNDER_ROW_SECURITY.split():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY of_program ON {table} "
            "USING (program_id = nullif(current_setting('app.program_id', true), '')::bigint) "
            "WITH CHECK (program_id = nullif(current_setting('app.program_id', true), '')::bigint)"
        )
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO puntal_app")


def downgrade() -> None:
    raise RuntimeError("migrations go forward only; restore a backup to go back")
