"""Webhooks: what an attempt said, whom a delivery is about, and which programs have one that is due."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

SCRIPT = """
ALTER TABLE webhook_endpoint ADD COLUMN description text NOT NULL DEFAULT '';

-- `member_id`: so that erasure finds what was said about a person.
-- `history`: the last attempts, oldest first: [{"at", "status", "error", "ms"}, ...]
ALTER TABLE webhook_delivery ADD COLUMN member_id uuid;
ALTER TABLE webhook_delivery ADD COLUMN history jsonb NOT NULL DEFAULT '[]';
CREATE INDEX webhook_delivery_member ON webhook_delivery (program_id, member_id) WHERE member_id IS NOT NULL;

-- Ids grow with time, so pages go by id.
DROP INDEX webhook_delivery_log;
CREATE INDEX webhook_delivery_endpoint ON webhook_delivery (program_id, endpoint_id, id);
CREATE INDEX webhook_delivery_parked ON webhook_delivery (program_id, endpoint_id, created_at) WHERE state = 'parked';
CREATE INDEX webhook_delivery_next ON webhook_delivery (program_id, endpoint_id, next_at) WHERE state = 'waiting';

-- The time first: this one answers for all programs at once.
DROP INDEX webhook_delivery_waiting;
CREATE INDEX webhook_delivery_due ON webhook_delivery (next_at, program_id) WHERE state = 'waiting';

CREATE FUNCTION programs_with_webhooks(at timestamptz) RETURNS SETOF integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT DISTINCT program_id FROM public.webhook_delivery WHERE state = 'waiting' AND next_at <= at
$$;
REVOKE ALL ON FUNCTION programs_with_webhooks(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION programs_with_webhooks(timestamptz) TO puntal_app;
"""


def upgrade() -> None:
    op.execute(SCRIPT)


def downgrade() -> None:
    raise RuntimeError("migrations go forward only; restore a backup to go back")
