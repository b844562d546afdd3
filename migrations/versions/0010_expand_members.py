"""Members: who shares a mailbox, and who may be the same person."""

from alembic import op

revision = "0010"
down_revision = "0002"
branch_labels = None
depends_on = None

SCRIPT = """
-- Where an e-mail identity really delivers to, when that differs from its value (plus addresses, dots).
ALTER TABLE identity ADD COLUMN mailbox text;
CREATE INDEX identity_mailbox ON identity (program_id, mailbox) WHERE mailbox IS NOT NULL;

CREATE INDEX member_merged_into ON member (program_id, merged_into) WHERE merged_into IS NOT NULL;

-- One caller named both: somebody should look whether they are the same person.
CREATE TABLE merge_candidate (
  program_id integer NOT NULL,
  member_id uuid NOT NULL,
  other_id uuid NOT NULL,
  first_seen_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  times bigint NOT NULL DEFAULT 1,
  dismissed_at timestamptz,
  PRIMARY KEY (program_id, member_id, other_id),
  CHECK (member_id <> other_id)
);

-- Words of names, folded, so that a search by prefix is a range of text: row security keeps LIKE off an index.
CREATE TABLE member_token (
  program_id integer NOT NULL,
  token text COLLATE "C" NOT NULL,
  member_id uuid NOT NULL,
  PRIMARY KEY (program_id, token, member_id)
);
CREATE INDEX member_token_member ON member_token (program_id, member_id);
"""


def upgrade() -> None:
    op.execute(SCRIPT)
    for table in ("merge_candidate", "member_token"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY of_program ON {table} "
            "USING (program_id = nullif(current_setting('app.program_id', true), '')::bigint) "
            "WITH CHECK (program_id = nullif(current_setting('app.program_id', true), '')::bigint)"
        )
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO puntal_app")


def downgrade() -> None:
    raise RuntimeError("migrations go forward only; restore a backup to go back")
