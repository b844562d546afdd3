"""Gift cards printed before they are sold, and codes of partners that a pool could not give yet."""

from alembic import op

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None

SCRIPT = """
-- An inactive voucher is a card that was printed and is worth nothing until it is activated: then it gets its amount.
ALTER TABLE voucher DROP CONSTRAINT voucher_state_check;
ALTER TABLE voucher ADD CONSTRAINT voucher_state_check
  CHECK (state IN ('issued', 'held', 'used', 'expired', 'void', 'inactive')) NOT VALID;
ALTER TABLE voucher DROP CONSTRAINT voucher_amount_check;
ALTER TABLE voucher ADD CONSTRAINT voucher_amount_check CHECK (amount > 0 OR state IN ('inactive', 'void')) NOT VALID;
ALTER TABLE voucher_batch DROP CONSTRAINT voucher_batch_amount_check;
ALTER TABLE voucher_batch ADD CONSTRAINT voucher_batch_amount_check CHECK (amount >= 0) NOT VALID;

-- Whether a reference was used for another card, as one is activated.
CREATE INDEX gift_card_reference ON gift_card (program_id, reference) WHERE origin = 'paid_in';

-- Codes of partners that somebody is to get, by the id of the gift: handed out in turn when the pool has codes again.
CREATE TABLE voucher_owed (
  program_id integer NOT NULL,
  id uuid NOT NULL,
  pool text NOT NULL,
  reward text NOT NULL,
  member_id uuid NOT NULL,
  since timestamptz NOT NULL,
  issue json NOT NULL,
  PRIMARY KEY (program_id, id)
);
CREATE INDEX voucher_owed_pool ON voucher_owed (program_id, pool, since);
CREATE INDEX voucher_owed_member ON voucher_owed (program_id, member_id);
ALTER TABLE voucher_owed ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_program ON voucher_owed
  USING (program_id = nullif(current_setting('app.program_id', true), '')::bigint)
  WITH CHECK (program_id = nullif(current_setting('app.program_id', true), '')::bigint);
GRANT SELECT, INSERT, UPDATE, DELETE ON voucher_owed TO puntal_app;
"""


def upgrade() -> None:
    op.execute(SCRIPT)


def downgrade() -> None:
    raise RuntimeError("migrations go forward only; restore a backup to go back")
