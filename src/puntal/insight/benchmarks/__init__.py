"""Benchmarks: what others have, beside our own figures.

Owns `benchmark`. Puntal brings none: whoever enters one says where it is from, of which year, of how many, and how it
is defined. A file of them is taken whole or not at all.

Start reading at `model` and `policy` (gap, verdict, what closing the gap is worth), then `operations`.
"""
