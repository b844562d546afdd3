"""What the admin app knows of people and stores, and setting up in the browser."""

from alembic import op

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None

SCRIPT = """
-- Its programs were made by `puntal demo`.
ALTER TABLE organization ADD COLUMN demo boolean NOT NULL DEFAULT false;

-- The only programs she sees; NULL: every one. And how she likes her screen.
ALTER TABLE staff ADD COLUMN programs integer[];
ALTER TABLE staff ADD COLUMN theme text NOT NULL DEFAULT 'system';

-- Where cashiers work. The id never changes: orders and what was done at tills carry it.
CREATE TABLE store (
  organization_id uuid NOT NULL REFERENCES organization (id),
  id text NOT NULL,
  name text NOT NULL,
  created_at timestamptz NOT NULL,
  closed_at timestamptz,
  PRIMARY KEY (organization_id, id)
);
INSERT INTO store (organization_id, id, name, created_at)
SELECT organization_id, store, store, min(created_at) FROM staff WHERE store IS NOT NULL
GROUP BY organization_id, store;

-- The right to make the first owner from elsewhere; of the token only the hash is kept.
CREATE TABLE setup_token (
  token_hash bytea PRIMARY KEY,
  expires_at timestamptz NOT NULL
);
"""
TABLES = ("store", "setup_token")


def upgrade() -> None:
    op.execute(SCRIPT)
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO puntal_app")


def downgrade() -> None:
    raise RuntimeError("migrations go forward only; restore a backup to go back")
