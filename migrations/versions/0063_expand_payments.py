"""Payments: what was done with money under callers' references. Gift cards: whose money is in which of them."""

from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

UNDER_ROW_SECURITY = "payment gift_card"

SCRIPT = """
-- What was done with the money of a wallet, or of a gift card, under the caller's reference: a retry is recognised by
-- it, a refund finds what it gives back, and limits by day and month are sums of it. `holder_id` is the member's row,
-- her pool's, or the card. `means` says how money came or went, `of` which payment a refund is of, `to_member` who
-- received a transfer. `returned` is what refunds gave back of a payment.
CREATE TABLE payment (
  program_id integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('load', 'pay', 'refund', 'transfer', 'payout')),
  reference text NOT NULL CHECK (length(reference) BETWEEN 1 AND 200),
  holder_id uuid NOT NULL,
  member_id uuid,
  wallet smallint NOT NULL,
  asked bigint NOT NULL CHECK (asked > 0),
  amount bigint NOT NULL CHECK (amount > 0 AND amount <= asked),
  returned bigint NOT NULL DEFAULT 0 CHECK (returned >= 0 AND returned <= amount),
  transfer_id uuid NOT NULL,
  means text,
  of text,
  to_member uuid,
  order_key text,
  store text,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  PRIMARY KEY (program_id, kind, reference)
);
CREATE INDEX payment_holder ON payment (program_id, holder_id, wallet, at);
CREATE INDEX payment_order ON payment (program_id, order_key) WHERE order_key IS NOT NULL;

-- A voucher of money whose books are kept: its transfers have its id for their holder. `origin` as of lots: what was
-- paid for is owed, what was given may end. `reference`, `order_key` and `line` are of its sale.
CREATE TABLE gift_card (
  program_id integer NOT NULL,
  id uuid NOT NULL,
  wallet smallint NOT NULL,
  origin text NOT NULL CHECK (origin IN ('paid_in', 'granted')),
  reference text,
  order_key text,
  line text,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  PRIMARY KEY (program_id, id)
);
CREATE INDEX gift_card_order ON gift_card (program_id, order_key) WHERE order_key IS NOT NULL;
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
