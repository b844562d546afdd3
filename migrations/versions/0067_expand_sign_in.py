"""What staff sign in with and the sessions they then have."""

from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

SCRIPT = """
-- A browser in which somebody is signed in. Of its token only the hash is kept.
CREATE TABLE staff_session (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  staff_id uuid NOT NULL,
  token_hash bytea NOT NULL UNIQUE,
  created_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  ended_at timestamptz,
  -- Where and with what she signed in, for her to recognise it.
  address text,
  agent text
);
CREATE INDEX staff_session_staff ON staff_session (staff_id, id);
CREATE INDEX staff_session_over ON staff_session (expires_at);

-- The secret that an authenticator app shares with us; it counts once confirmed. A step is used once.
CREATE TABLE staff_factor (
  staff_id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  secret text NOT NULL,
  created_at timestamptz NOT NULL,
  confirmed_at timestamptz,
  last_step bigint NOT NULL DEFAULT 0
);

-- What opens the door when the phone is lost; a code that was used is gone.
CREATE TABLE staff_recovery_code (
  staff_id uuid NOT NULL,
  code_hash bytea NOT NULL,
  PRIMARY KEY (staff_id, code_hash)
);

-- The one link with which a person may choose a new password; a link that was used is gone.
CREATE TABLE staff_reset (
  staff_id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  token_hash bytea NOT NULL UNIQUE,
  expires_at timestamptz NOT NULL,
  drops_factor boolean NOT NULL
);

-- Failures to sign in, by a hash of the account or of the address; nothing says whether the account exists.
CREATE TABLE sign_in_failure (
  subject bytea PRIMARY KEY,
  failures integer NOT NULL,
  failed_at timestamptz NOT NULL,
  free_at timestamptz NOT NULL
);
CREATE INDEX sign_in_failure_over ON sign_in_failure (failed_at);
"""
TABLES = ("staff_session", "staff_factor", "staff_recovery_code", "staff_reset", "sign_in_failure")


def upgrade() -> None:
    op.execute(SCRIPT)
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO puntal_app")


def downgrade() -> None:
    raise RuntimeError("migrations go forward only; restore a backup to go back")
