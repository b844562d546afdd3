"""Vouchers: rights to a reward with a code, what was used of them, batches of codes, and the keys of member passes."""

from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

UNDER_ROW_SECURITY = "voucher voucher_use voucher_batch code_guess pass_key pass_shown"

SCRIPT = """
-- A batch of codes: made here, or brought by a file. `made` says how far a generation has got, so that it goes on where
-- it stopped.
CREATE TABLE voucher_batch (
  program_id integer NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  reward text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('generated', 'imported')),
  state text NOT NULL CHECK (state IN ('making', 'done', 'void')),
  prefix text NOT NULL,
  length smallint NOT NULL,
  wanted bigint NOT NULL CHECK (wanted >= 0),
  made bigint NOT NULL DEFAULT 0 CHECK (made >= 0),
  valid_from timestamptz NOT NULL,
  ends_at timestamptz,
  currency text,
  amount bigint NOT NULL CHECK (amount > 0),
  terms json NOT NULL,
  low_at integer CHECK (low_at > 0),
  low_told_at timestamptz,
  created_at timestamptz NOT NULL,
  created_by text NOT NULL,
  done_at timestamptz,
  PRIMARY KEY (program_id, id)
);

-- `code` is what it is found by, `shown` how its maker writes it where that differs. `amount` is money where there is a
-- currency, else uses; what is neither remaining nor held is used. `terms` are those of its issue, null: its batch's.
-- `cause` is the redemption, event or holder of the stamp card it comes from, as `origin` says.
CREATE TABLE voucher (
  program_id integer NOT NULL,
  id uuid NOT NULL,
  code text NOT NULL CHECK (length(code) BETWEEN 1 AND 64),
  shown text,
  reward text NOT NULL,
  state text NOT NULL CHECK (state IN ('issued', 'held', 'used', 'expired', 'void')),
  member_id uuid,
  batch_id uuid,
  origin text NOT NULL CHECK (origin IN ('direct', 'batch', 'import', 'redemption', 'event', 'card')),
  cause text,
  issued_at timestamptz NOT NULL,
  valid_from timestamptz NOT NULL,
  ends_at timestamptz,
  currency text,
  amount bigint NOT NULL CHECK (amount > 0),
  remaining bigint NOT NULL CHECK (remaining >= 0),
  held bigint NOT NULL DEFAULT 0 CHECK (held >= 0),
  terms json,
  ended_at timestamptz,
  ended_because text,
  PRIMARY KEY (program_id, id),
  CHECK (remaining + held <= amount),
  CHECK (CASE state WHEN 'issued' THEN remaining > 0 WHEN 'held' THEN remaining = 0 AND held > 0
    WHEN 'used' THEN remaining = 0 AND held = 0 ELSE held = 0 END)
);
CREATE UNIQUE INDEX voucher_code ON voucher (program_id, code);
CREATE INDEX voucher_member ON voucher (program_id, member_id, id) WHERE member_id IS NOT NULL;
CREATE INDEX voucher_in_batch ON voucher (program_id, batch_id, id) WHERE batch_id IS NOT NULL;
CREATE INDEX voucher_free ON voucher (program_id, batch_id, id)
  WHERE batch_id IS NOT NULL AND member_id IS NULL AND cause IS NULL AND state = 'issued';
CREATE INDEX voucher_ending ON voucher (program_id, ends_at) WHERE state = 'issued' AND ends_at IS NOT NULL;
CREATE INDEX voucher_cause ON voucher (program_id, cause) WHERE cause IS NOT NULL;
CREATE INDEX voucher_of_reward ON voucher (program_id, reward, id) WHERE state IN ('issued', 'held');

-- What was set aside or used of a voucher, under the caller's reference: a retry is recognised by it.
CREATE TABLE voucher_use (
  program_id integer NOT NULL,
  voucher_id uuid NOT NULL,
  reference text NOT NULL,
  state text NOT NULL CHECK (state IN ('held', 'used', 'released', 'lapsed', 'void')),
  amount bigint NOT NULL CHECK (amount > 0),
  at timestamptz NOT NULL,
  lapses_at timestamptz,
  ended_at timestamptz,
  member_id uuid,
  order_key text,
  channel text,
  store text,
  actor text NOT NULL,
  PRIMARY KEY (program_id, voucher_id, reference)
);
CREATE INDEX voucher_use_lapsing ON voucher_use (program_id, lapses_at) WHERE state = 'held';
CREATE INDEX voucher_use_order ON voucher_use (program_id, order_key) WHERE order_key IS NOT NULL;
CREATE INDEX voucher_use_member ON voucher_use (program_id, member_id) WHERE member_id IS NOT NULL;

-- How many codes that are nobody's a caller, or a member, asked for in a stretch of time.
CREATE TABLE code_guess (
  program_id integer NOT NULL,
  who text NOT NULL,
  since timestamptz NOT NULL,
  misses integer NOT NULL,
  PRIMARY KEY (program_id, who)
);

-- Keys that sign member passes. One signs from `signs_from` until the next does, and is known until `known_until`.
CREATE TABLE pass_key (
  program_id integer NOT NULL,
  id integer NOT NULL,
  public_key bytea NOT NULL,
  private_key bytea NOT NULL,
  created_at timestamptz NOT NULL,
  signs_from timestamptz NOT NULL,
  known_until timestamptz,
  PRIMARY KEY (program_id, id)
);

-- Passes that were shown, until they have run out.
CREATE TABLE pass_shown (
  program_id integer NOT NULL,
  nonce bytea NOT NULL,
  ends_at timestamptz NOT NULL,
  PRIMARY KEY (program_id, nonce)
);
CREATE INDEX pass_shown_over ON pass_shown (program_id, ends_at);
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
