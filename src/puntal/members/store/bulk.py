"""Bulk writes: COPY into tables of this transaction alone, then one statement per table.

COPY cannot write into tables under row security; temporary tables have none, and vanish with the transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from puntal.kit.db import Transaction

STAGE = """
CREATE TEMPORARY TABLE IF NOT EXISTS import_member (
  line bigint NOT NULL, id uuid NOT NULL, enrolled_at timestamptz NOT NULL, name text, locale text, country text,
  zone text, birthday date, birthday_set_at timestamptz, birthday_counts_from date, attributes jsonb NOT NULL
) ON COMMIT DROP;
CREATE TEMPORARY TABLE IF NOT EXISTS import_identity (
  id uuid NOT NULL, decides boolean NOT NULL, kind text NOT NULL, value text NOT NULL, mailbox text
) ON COMMIT DROP;
CREATE TEMPORARY TABLE IF NOT EXISTS import_consent (
  member_id uuid NOT NULL, id uuid NOT NULL, purpose text NOT NULL, channel text NOT NULL, given boolean NOT NULL,
  at timestamptz NOT NULL, evidence jsonb NOT NULL
) ON COMMIT DROP;
CREATE TEMPORARY TABLE IF NOT EXISTS import_token (token text NOT NULL, member_id uuid NOT NULL) ON COMMIT DROP;
CREATE TEMPORARY TABLE IF NOT EXISTS import_known (
  line bigint NOT NULL, id uuid NOT NULL PRIMARY KEY, member_id uuid NOT NULL
) ON COMMIT DROP;
TRUNCATE import_member, import_identity, import_consent, import_token, import_known
"""

COPY_MEMBERS = (
    "COPY import_member (line, id, enrolled_at, name, locale, country, zone, birthday, birthday_set_at, "
    "birthday_counts_from, attributes) FROM STDIN"
)
COPY_IDENTITIES = "COPY import_identity (id, decides, kind, value, mailbox) FROM STDIN"
COPY_CONSENTS = "COPY import_consent (member_id, id, purpose, channel, given, at, evidence) FROM STDIN"
COPY_TOKENS = "COPY import_token (token, member_id) FROM STDIN"

MEASURE = """
-- Without figures the planner takes the staged rows for a few.
ANALYZE import_member, import_identity
"""

LEAVE_EXISTING = """
-- Whose id the caller chose and who is a member already: she gets nothing by an import.
DELETE FROM import_identity i USING member m WHERE m.program_id = %(program_id)s AND m.id = i.id
"""

TAKE = """
-- In order of the key, so that parallel imports wait for each other in one direction; of two lines that share an
-- identity the one that comes first here has it.
INSERT INTO identity (program_id, kind, value, member_id, added_at, mailbox)
SELECT %(program_id)s, i.kind, i.value, i.id, %(now)s, i.mailbox
FROM import_identity i
ORDER BY i.kind, i.value, i.id
ON CONFLICT (program_id, kind, value) DO NOTHING
"""

FIND_KNOWN = """
-- Lines of whom somebody else has a deciding identity, or the id: she is in the program already.
INSERT INTO import_known (line, id, member_id)
SELECT DISTINCT ON (m.id) m.line, m.id, k.member_id
FROM (
  SELECT i.id, t.member_id
  FROM import_identity i
  JOIN identity t ON t.program_id = %(program_id)s AND t.kind = i.kind AND t.value = i.value
  WHERE i.decides AND t.member_id <> i.id
  UNION ALL
  SELECT m.id, m.id FROM import_member m JOIN member o ON o.program_id = %(program_id)s AND o.id = m.id
) k
JOIN import_member m ON m.id = k.id
ORDER BY m.id, k.member_id
"""

GIVE_BACK = """
-- What lines took who turned out to be known by another identity.
DELETE FROM identity i USING import_known k
WHERE i.program_id = %(program_id)s AND i.member_id = k.id AND k.member_id <> k.id
"""

INSERT_MEMBERS = """
INSERT INTO member (program_id, id, status, enrolled_at, name, locale, country, zone, birthday, birthday_set_at,
  birthday_counts_from, attributes, created_at, updated_at)
SELECT %(program_id)s, m.id, 'active', m.enrolled_at, m.name, m.locale, m.country, m.zone, m.birthday,
  m.birthday_set_at, m.birthday_counts_from, m.attributes, %(now)s, %(now)s
FROM import_member m
WHERE NOT EXISTS (SELECT FROM import_known k WHERE k.id = m.id)
RETURNING id
"""

INSERT_TOKENS = """
INSERT INTO member_token (program_id, token, member_id)
SELECT %(program_id)s, t.token, t.member_id
FROM import_token t
WHERE NOT EXISTS (SELECT FROM import_known k WHERE k.id = t.member_id)
ORDER BY t.token, t.member_id
"""

INSERT_CONSENTS = """
INSERT INTO consent (program_id, member_id, id, purpose, channel, given, at, evidence)
SELECT %(program_id)s, c.member_id, c.id, c.purpose, c.channel, c.given, c.at, c.evidence
FROM import_consent c
WHERE NOT EXISTS (SELECT FROM import_known k WHERE k.id = c.member_id)
"""

KNOWN = """
SELECT k.line, k.member_id, k.id, coalesce(m.status, 'active')
FROM import_known k
LEFT JOIN member m ON m.program_id = %(program_id)s AND m.id = k.member_id
ORDER BY k.line
"""


async def copy(tx: Transaction, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """COPY rows into a staging table."""
    async with tx.cursor() as cursor, cursor.copy(statement.encode()) as staged:
        for row in rows:
            await staged.write_row(row)


async def run(tx: Transaction, statement: str, program_id: int, now: datetime) -> list[tuple[Any, ...]]:
    """Execute one of the statements above; return its rows, if it gives any."""
    cursor = await tx.execute(statement, {"program_id": program_id, "now": now})
    return await cursor.fetchall() if cursor.description else []
