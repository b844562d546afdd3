"""Files of rows that staff ask for: made by a worker, kept in pieces in the database, deleted after a week.

Owns `export` and `export_piece`. A file is made in one transaction's view of the data. What a spreadsheet would run as
a formula is text in it. Every file that is made or fetched is in the audit log.

Start reading at `operations`, then `making` and `sources` (what each kind has for columns).
"""
