"""What would be true outside loyalty too: time, ids, refusals, the database, HTTP, settings.

Owns no table. `errors`, `money` and `pages` are pure; `clock` alone reads the time, `ids` alone makes ids,
`db` alone opens transactions. Start reading at `errors`, then `db`.
"""
