"""Vouchers: what a use took off its order, so that orders tell what led to them and what that cost."""

from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

SCRIPT = """
-- In minor units of the program's currency; 0 where the caller did not say.
ALTER TABLE voucher_use ADD COLUMN discount_minor bigint NOT NULL DEFAULT 0 CHECK (discount_minor >= 0);
"""


def upgrade() -> None:
    op.execute(SCRIPT)


def downgrade() -> None:
    raise RuntimeError("migrations go forward only; restore a backup to go back")
