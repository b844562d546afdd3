"""Passkeys of staff, and single sign-on."""

from alembic import op

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None

SCRIPT = """
-- A key pair in somebody's phone or laptop; ours is the public half.
CREATE TABLE passkey (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  staff_id uuid NOT NULL,
  credential_id bytea NOT NULL UNIQUE,
  public_key bytea NOT NULL,
  name text NOT NULL,
  -- How often it has signed, as it says itself; 0 for ever where it does not count.
  sign_count bigint NOT NULL,
  -- Kept by several devices of its owner.
  synced boolean NOT NULL,
  created_at timestamptz NOT NULL,
  used_at timestamptz,
  -- Its count went backwards: there is a copy.
  shut_at timestamptz
);
CREATE INDEX passkey_staff ON passkey (staff_id, id);

-- What a passkey is to sign: once, by the browser that asked, for one purpose.
CREATE TABLE passkey_challenge (
  challenge_hash bytea PRIMARY KEY,
  browser_hash bytea NOT NULL,
  purpose text NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX passkey_challenge_over ON passkey_challenge (expires_at);

-- Who vouches for staff. The secret is sealed.
CREATE TABLE sso_provider (
  organization_id uuid NOT NULL REFERENCES organization (id),
  id text NOT NULL,
  name text NOT NULL,
  issuer text NOT NULL,
  client_id text NOT NULL,
  secret text,
  domains text[] NOT NULL,
  -- What somebody new is; NULL: nobody new is let in.
  new_role text,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (organization_id, id)
);

-- Somebody on her way to a provider and back: once, in the browser that set out.
CREATE TABLE sso_journey (
  state_hash bytea PRIMARY KEY,
  browser_hash bytea NOT NULL,
  provider text NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX sso_journey_over ON sso_journey (expires_at);

-- Whom a provider means by a subject.
CREATE TABLE sso_subject (
  organization_id uuid NOT NULL,
  issuer text NOT NULL,
  subject text NOT NULL,
  staff_id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (organization_id, issuer, subject)
);
CREATE INDEX sso_subject_staff ON sso_subject (staff_id);
"""
TABLES = ("passkey", "passkey_challenge", "sso_provider", "sso_journey", "sso_subject")


def upgrade() -> None:
    op.execute(SCRIPT)
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO puntal_app")


def downgrade() -> None:
    raise RuntimeError("migrations go forward only; restore a backup to go back")
