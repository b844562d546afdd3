"""Keys that act for a person, idempotency above programs, and headers of stored answers."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

PEOPLE = """
-- A key of staff may do what its scopes and her role both allow, and ends with her.
ALTER TABLE api_key ADD COLUMN staff_id uuid REFERENCES staff (id);
CREATE INDEX api_key_organization ON api_key (organization_id, id);
CREATE INDEX staff_organization ON staff (organization_id, id);
"""

IDEMPOTENCY = """
-- An answer is its status, its words, and the headers that belong to them (ETag, Location).
ALTER TABLE idempotency_key ADD COLUMN headers json;
CREATE INDEX idempotency_key_age ON idempotency_key (program_id, created_at);

CREATE TABLE organization_idempotency_key (
  organization_id uuid NOT NULL REFERENCES organization (id),
  key text NOT NULL,
  fingerprint text NOT NULL,
  status smallint,
  answer json,
  headers json,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (organization_id, key)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON organization_idempotency_key TO puntal_app;
"""

APPROVALS = """
CREATE INDEX approval_waiting ON approval (program_id, id) WHERE state = 'waiting';
"""

AUDIT = """
-- What was recorded stays recorded.
REVOKE UPDATE, DELETE ON audit_entry FROM puntal_app;
REVOKE UPDATE, DELETE ON organization_audit_entry FROM puntal_app;
"""


def upgrade() -> None:
    for script in (PEOPLE, IDEMPOTENCY, APPROVALS, AUDIT):
        op.execute(script)


def downgrade() -> None:
    raise RuntimeError("migrations go forward only; restore a backup to go back")
