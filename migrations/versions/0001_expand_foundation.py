"""The first tables: access, programs, members, ledger, events, orders, counters, the clock's work."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

REFERENCE = """
CREATE TABLE organization (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  created_at timestamptz NOT NULL
);

CREATE TABLE staff_role (
  organization_id uuid NOT NULL REFERENCES organization (id),
  id text NOT NULL,
  permissions text[] NOT NULL,
  -- Most points (per wallet unit) one adjustment may move without a second person; NULL: no limit.
  adjust_limit bigint,
  PRIMARY KEY (organization_id, id)
);

CREATE TABLE staff (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL REFERENCES organization (id),
  email text NOT NULL UNIQUE,
  name text NOT NULL,
  password_hash text,
  role text NOT NULL,
  store text,
  locale text NOT NULL DEFAULT 'en',
  created_at timestamptz NOT NULL,
  disabled_at timestamptz
);

CREATE TABLE program (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  organization_id uuid NOT NULL REFERENCES organization (id),
  slug text NOT NULL UNIQUE,
  created_at timestamptz NOT NULL,
  -- Newest published revision; 0 before the first.
  revision integer NOT NULL DEFAULT 0,
  -- Grows with every change of a kill switch, so that workers notice without a notification.
  switch_version integer NOT NULL DEFAULT 0,
  -- The program's clock is the real one minus this; set by a replay of history.
  clock_offset_seconds bigint NOT NULL DEFAULT 0,
  -- json, not jsonb: the order of wallets and rules is part of what was written.
  draft json,
  draft_version integer NOT NULL DEFAULT 0,
  -- Last local date whose nightly run is done.
  nightly_through date,
  -- Zone and first event fix the time zone; NULL until the first event.
  first_event_at timestamptz
);

CREATE TABLE api_key (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL REFERENCES organization (id),
  -- NULL: every program of the organization.
  program_id integer REFERENCES program (id),
  name text NOT NULL,
  prefix text NOT NULL UNIQUE,
  secret_hash bytea NOT NULL,
  scopes text[] NOT NULL,
  networks text[] NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL,
  created_by uuid,
  expires_at timestamptz,
  revoked_at timestamptz,
  replaced_by uuid,
  last_used_at timestamptz
);

CREATE TABLE organization_audit_entry (
  organization_id uuid NOT NULL REFERENCES organization (id),
  id uuid NOT NULL,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  action text NOT NULL,
  subject text NOT NULL,
  detail jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (organization_id, id)
);
"""

PROGRAM = """
CREATE TABLE revision (
  program_id integer NOT NULL REFERENCES program (id),
  number integer NOT NULL,
  document json NOT NULL,
  digest text NOT NULL,
  published_at timestamptz NOT NULL,
  published_by text NOT NULL,
  effective_from timestamptz NOT NULL,
  note text NOT NULL DEFAULT '',
  PRIMARY KEY (program_id, number)
);

CREATE TABLE wallet (
  program_id integer NOT NULL REFERENCES program (id),
  -- Position in the balance arrays of `holder`; never reused.
  ordinal smallint NOT NULL,
  id text NOT NULL,
  kind text NOT NULL,
  scale smallint NOT NULL,
  currency text,
  PRIMARY KEY (program_id, ordinal),
  UNIQUE (program_id, id)
);

CREATE TABLE kill_switch (
  program_id integer NOT NULL REFERENCES program (id),
  id uuid NOT NULL,
  target_kind text NOT NULL,
  target_id text NOT NULL,
  mode text NOT NULL CHECK (mode IN ('stop_new', 'stop_and_void')),
  reason text NOT NULL,
  set_at timestamptz NOT NULL,
  set_by text NOT NULL,
  lifted_at timestamptz,
  lifted_by text,
  PRIMARY KEY (program_id, id)
);
CREATE UNIQUE INDEX kill_switch_active ON kill_switch (program_id, target_kind, target_id) WHERE lifted_at IS NULL;

CREATE TABLE audit_entry (
  program_id integer NOT NULL REFERENCES program (id),
  id uuid NOT NULL,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  action text NOT NULL,
  subject text NOT NULL,
  detail jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (program_id, id)
);

CREATE TABLE idempotency_key (
  program_id integer NOT NULL REFERENCES program (id),
  key text NOT NULL,
  fingerprint text NOT NULL,
  status smallint,
  answer json,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (program_id, key)
);

CREATE TABLE approval (
  program_id integer NOT NULL REFERENCES program (id),
  id uuid NOT NULL,
  action text NOT NULL,
  subject text NOT NULL,
  payload jsonb NOT NULL,
  asked_by text NOT NULL,
  asked_at timestamptz NOT NULL,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'approved', 'declined')),
  decided_by text,
  decided_at timestamptz,
  PRIMARY KEY (program_id, id)
);
"""

MEMBERS = """
CREATE TABLE member (
  program_id integer NOT NULL REFERENCES program (id),
  id uuid NOT NULL,
  -- guest: bought without joining; left, erased and merged members keep their books.
  status text NOT NULL CHECK (status IN ('active', 'guest', 'paused', 'blocked', 'left', 'erased', 'merged')),
  enrolled_at timestamptz,
  name text,
  locale text,
  country text,
  zone text,
  birthday date,
  birthday_set_at timestamptz,
  -- A date changed too close to the day counts from the next year on.
  birthday_counts_from date,
  birthday_paid_on date,
  email_verified_at timestamptz,
  phone_verified_at timestamptz,
  attributes jsonb NOT NULL DEFAULT '{}',
  merged_into uuid,
  referrer_id uuid,
  -- Until when what a guest earned may be claimed.
  claim_until timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (program_id, id)
);
CREATE INDEX member_birthday ON member (program_id, (extract(month FROM birthday) * 100 + extract(day FROM birthday)))
  WHERE birthday IS NOT NULL;
CREATE INDEX member_claim ON member (program_id, claim_until) WHERE claim_until IS NOT NULL;
CREATE INDEX member_enrolled ON member (program_id, enrolled_at, id);

CREATE TABLE identity (
  program_id integer NOT NULL,
  -- email, phone, card, device, or external:<source>
  kind text NOT NULL,
  value text NOT NULL,
  member_id uuid NOT NULL,
  added_at timestamptz NOT NULL,
  verified_at timestamptz,
  PRIMARY KEY (program_id, kind, value)
);
CREATE INDEX identity_member ON identity (program_id, member_id);

CREATE TABLE consent (
  program_id integer NOT NULL,
  member_id uuid NOT NULL,
  id uuid NOT NULL,
  purpose text NOT NULL,
  channel text NOT NULL,
  given boolean NOT NULL,
  at timestamptz NOT NULL,
  evidence jsonb NOT NULL,
  PRIMARY KEY (program_id, member_id, id)
);

CREATE TABLE member_merge (
  program_id integer NOT NULL,
  id uuid NOT NULL,
  survivor_id uuid NOT NULL,
  merged_id uuid NOT NULL,
  at timestamptz NOT NULL,
  by text NOT NULL,
  undo_until timestamptz NOT NULL,
  undone_at timestamptz,
  -- What was re-pointed and what both were before, so that undo can give it back.
  moves jsonb NOT NULL,
  PRIMARY KEY (program_id, id)
);

CREATE TABLE pool (
  program_id integer NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (program_id, id)
);

CREATE TABLE pool_member (
  program_id integer NOT NULL,
  member_id uuid NOT NULL,
  pool_id uuid NOT NULL,
  adult boolean NOT NULL DEFAULT true,
  joined_at timestamptz NOT NULL,
  PRIMARY KEY (program_id, member_id)
);
CREATE INDEX pool_member_pool ON pool_member (program_id, pool_id);

CREATE TABLE activity (
  program_id integer NOT NULL,
  member_id uuid NOT NULL,
  metric text NOT NULL,
  key text NOT NULL,
  day date NOT NULL,
  count bigint NOT NULL,
  amount bigint NOT NULL,
  PRIMARY KEY (program_id, member_id, metric, key, day)
);

CREATE TABLE segment_member (
  program_id integer NOT NULL,
  segment text NOT NULL,
  member_id uuid NOT NULL,
  entered_at timestamptz NOT NULL,
  PRIMARY KEY (program_id, segment, member_id)
);
CREATE INDEX segment_member_member ON segment_member (program_id, member_id);

CREATE TABLE tier_change (
  program_id integer NOT NULL,
  member_id uuid NOT NULL,
  id uuid NOT NULL,
  ladder text NOT NULL,
  from_tier text NOT NULL,
  to_tier text NOT NULL,
  reason text NOT NULL,
  effective_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL,
  event_id text,
  PRIMARY KEY (program_id, member_id, id)
);
"""

BOOKS = """
-- One row per member or pool: its guarded accounts (arrays by wallet ordinal, in smallest units) and the
-- running state that changes with them. One row, so that an event costs one update.
CREATE TABLE holder (
  program_id integer NOT NULL,
  id uuid NOT NULL,
  available bigint[] NOT NULL DEFAULT '{}',
  pending bigint[] NOT NULL DEFAULT '{}',
  held bigint[] NOT NULL DEFAULT '{}',
  debt bigint[] NOT NULL DEFAULT '{}',
  -- Everything that was due up to here is posted.
  settled_to timestamptz NOT NULL,
  -- The next instant at which the clock alone changes something here.
  due_at timestamptz,
  -- The next local day on which a tier may change or be announced.
  review_on date,
  running json NOT NULL DEFAULT '{}',
  PRIMARY KEY (program_id, id),
  CONSTRAINT available_floor CHECK (0 <= ALL (available)),
  CONSTRAINT pending_floor CHECK (0 <= ALL (pending)),
  CONSTRAINT held_floor CHECK (0 <= ALL (held)),
  CONSTRAINT debt_floor CHECK (0 <= ALL (debt))
) WITH (fillfactor = 75);
CREATE INDEX holder_due ON holder (program_id, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX holder_review ON holder (program_id, review_on) WHERE review_on IS NOT NULL;

-- Append-only. `source` and `destination` name accounts of this wallet: available, pending, held, debt belong
-- to the holder (or, for `other_holder_id`, to the other end); all other names are the program's own sums.
CREATE TABLE transfer (
  program_id integer NOT NULL,
  holder_id uuid NOT NULL,
  id uuid NOT NULL,
  wallet smallint NOT NULL,
  kind text NOT NULL,
  source text NOT NULL,
  destination text NOT NULL,
  amount bigint NOT NULL CHECK (amount > 0),
  effective_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL,
  event_id text,
  rule text,
  order_key text,
  revision integer,
  other_holder_id uuid,
  note json,
  PRIMARY KEY (program_id, holder_id, id)
);

CREATE TABLE lot (
  program_id integer NOT NULL,
  holder_id uuid NOT NULL,
  id uuid NOT NULL,
  wallet smallint NOT NULL,
  amount bigint NOT NULL CHECK (amount > 0),
  -- amount = remaining + held + spent (by consumption) + expired + reversed
  remaining bigint NOT NULL CHECK (remaining >= 0),
  held bigint NOT NULL DEFAULT 0 CHECK (held >= 0),
  expired bigint NOT NULL DEFAULT 0 CHECK (expired >= 0),
  reversed bigint NOT NULL DEFAULT 0 CHECK (reversed >= 0),
  -- A reversal that could not be collected: points that return here are taken first.
  noted bigint NOT NULL DEFAULT 0 CHECK (noted >= 0),
  earned_at timestamptz NOT NULL,
  -- Pending until then; NULL ends never. `renewable`: ends with the member's inactivity instead.
  starts_at timestamptz NOT NULL,
  ends_at timestamptz,
  renewable boolean NOT NULL DEFAULT false,
  earner_id uuid,
  event_id text,
  order_key text,
  -- paid_in or granted for money wallets.
  origin text,
  -- Waits for this event (available: {on: order.delivered}).
  awaits text,
  PRIMARY KEY (program_id, holder_id, id),
  CHECK (remaining + held + expired + reversed <= amount)
) WITH (fillfactor = 85);

CREATE TABLE consumption (
  program_id integer NOT NULL,
  holder_id uuid NOT NULL,
  transfer_id uuid NOT NULL,
  lot_id uuid NOT NULL,
  amount bigint NOT NULL CHECK (amount > 0),
  PRIMARY KEY (program_id, holder_id, transfer_id, lot_id)
);

CREATE TABLE hold (
  program_id integer NOT NULL,
  id uuid NOT NULL,
  holder_id uuid NOT NULL,
  wallet smallint NOT NULL,
  amount bigint NOT NULL CHECK (amount > 0),
  state text NOT NULL CHECK (state IN ('open', 'committed', 'released', 'lapsed', 'voided')),
  held_at timestamptz NOT NULL,
  lapses_at timestamptz NOT NULL,
  ended_at timestamptz,
  reference text NOT NULL,
  -- [[lot id, amount], ...]
  lots json NOT NULL,
  PRIMARY KEY (program_id, id)
);
CREATE INDEX hold_open ON hold (program_id, lapses_at) WHERE state = 'open';
CREATE INDEX hold_holder ON hold (program_id, holder_id) WHERE state = 'open';

-- What is used of budgets and shared limits; `most` repeats the document's total so that the constraint can guard it.
CREATE TABLE budget_usage (
  program_id integer NOT NULL,
  budget text NOT NULL,
  measure text NOT NULL,
  period_start date NOT NULL,
  used bigint NOT NULL CHECK (used >= 0),
  PRIMARY KEY (program_id, budget, measure, period_start)
) WITH (fillfactor = 50);

-- A finished stamp card: its stamps are spent; the right it gave is unused, used or void.
CREATE TABLE finished_card (
  program_id integer NOT NULL,
  holder_id uuid NOT NULL,
  id uuid NOT NULL,
  wallet smallint NOT NULL,
  stamps bigint NOT NULL CHECK (stamps > 0),
  transfer_id uuid NOT NULL,
  finished_at timestamptz NOT NULL,
  reward text,
  state text NOT NULL CHECK (state IN ('unused', 'used', 'void')),
  PRIMARY KEY (program_id, holder_id, id)
);

CREATE TABLE checkpoint (
  program_id integer NOT NULL,
  day date NOT NULL,
  recorded_to timestamptz NOT NULL,
  holder_id uuid NOT NULL,
  wallet smallint NOT NULL,
  available bigint NOT NULL,
  pending bigint NOT NULL,
  held bigint NOT NULL,
  debt bigint NOT NULL,
  PRIMARY KEY (program_id, day, holder_id, wallet)
);
"""

EVENTS = """
CREATE TABLE event (
  program_id integer NOT NULL,
  id text NOT NULL,
  type text NOT NULL,
  source text NOT NULL,
  member_id uuid,
  occurred_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL,
  revision integer NOT NULL,
  fingerprint text NOT NULL,
  body json NOT NULL,
  outcome json NOT NULL,
  PRIMARY KEY (program_id, id)
);
CREATE INDEX event_member ON event (program_id, member_id, occurred_at);

-- An order of the shop, one per (source, order id). Named so because ORDER is SQL's word.
CREATE TABLE shop_order (
  program_id integer NOT NULL,
  source text NOT NULL,
  order_id text NOT NULL,
  member_id uuid,
  -- awaited: only a refund of it has come yet.
  state text NOT NULL CHECK (state IN ('awaited', 'seen', 'earned', 'cancelled')),
  event_id text,
  occurred_at timestamptz NOT NULL,
  day date NOT NULL,
  currency text NOT NULL,
  net_minor bigint NOT NULL,
  total_minor bigint NOT NULL,
  refunded_minor bigint NOT NULL DEFAULT 0,
  channel text,
  store text,
  lines json NOT NULL,
  awards json NOT NULL DEFAULT '[]',
  refunds json NOT NULL DEFAULT '[]',
  PRIMARY KEY (program_id, source, order_id)
) WITH (fillfactor = 90);
CREATE INDEX shop_order_member ON shop_order (program_id, member_id, day);

CREATE TABLE outbox (
  program_id integer NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL,
  member_id uuid,
  effective_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL,
  payload json NOT NULL,
  relayed_at timestamptz,
  PRIMARY KEY (program_id, id)
);
CREATE INDEX outbox_waiting ON outbox (program_id, id) WHERE relayed_at IS NULL;

CREATE TABLE webhook_endpoint (
  program_id integer NOT NULL REFERENCES program (id),
  id uuid NOT NULL,
  url text NOT NULL,
  kinds text[] NOT NULL,
  payload text NOT NULL CHECK (payload IN ('full', 'thin')),
  -- Newest first; the older ones still sign while they overlap: [[secret, until or null], ...]
  secrets jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  disabled_at timestamptz,
  PRIMARY KEY (program_id, id)
);

CREATE TABLE webhook_delivery (
  program_id integer NOT NULL,
  id uuid NOT NULL,
  endpoint_id uuid NOT NULL,
  outbox_id uuid NOT NULL,
  kind text NOT NULL,
  body json NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'delivered', 'parked')),
  attempts integer NOT NULL DEFAULT 0,
  next_at timestamptz,
  last_status integer,
  last_error text,
  created_at timestamptz NOT NULL,
  delivered_at timestamptz,
  PRIMARY KEY (program_id, id),
  UNIQUE (program_id, endpoint_id, outbox_id)
);
CREATE INDEX webhook_delivery_waiting ON webhook_delivery (program_id, next_at) WHERE state = 'waiting';
CREATE INDEX webhook_delivery_log ON webhook_delivery (program_id, endpoint_id, created_at);

CREATE TABLE nightly_step (
  program_id integer NOT NULL,
  day date NOT NULL,
  step text NOT NULL,
  finished_at timestamptz NOT NULL,
  counts jsonb NOT NULL,
  PRIMARY KEY (program_id, day, step)
);

CREATE TABLE reminder (
  program_id integer NOT NULL,
  member_id uuid NOT NULL,
  kind text NOT NULL,
  subject text NOT NULL,
  day date NOT NULL,
  PRIMARY KEY (program_id, member_id, kind, subject, day)
);
"""

UNDER_ROW_SECURITY = """
  revision wallet kill_switch audit_entry idempotency_key approval member identity consent member_merge pool
  pool_member activity segment_member tier_change holder transfer lot consumption hold finished_card budget_usage
  checkpoint event shop_order outbox webhook_endpoint webhook_delivery nightly_step reminder
"""
OUTSIDE_ROW_SECURITY = "organization staff_role staff program api_key organization_audit_entry"


def upgrade() -> None:
    for script in (REFERENCE, PROGRAM, MEMBERS, BOOKS, EVENTS):
        op.execute(script)
    for table in UNDER_ROW_SECURITY.split():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY of_program ON {table} "
            "USING (program_id = nullif(current_setting('app.program_id', true), '')::bigint) "
            "WITH CHECK (program_id = nullif(current_setting('app.program_id', true), '')::bigint)"
        )
        # Money and events are facts: the application may not delete them.
        rights = "SELECT, INSERT" if table in ("transfer", "revision") else "SELECT, INSERT, UPDATE, DELETE"
        op.execute(f"GRANT {rights} ON {table} TO puntal_app")
    for table in OUTSIDE_ROW_SECURITY.split():
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO puntal_app")


def downgrade() -> None:
    raise RuntimeError("migrations go forward only; restore a backup to go back")
