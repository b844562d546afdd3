"""Insight: figures computed from the books, each with its formula; goals; benchmarks; reports; drafts tried out.

Owns the tables `goal`, `budget_day`, and what is added up beforehand: `figure_state`, `figure_subject`, `figure_day`,
`figure_gap`, `figure_pool_part`, `flow_day`.

Always true, and checked by `tests/insight` and `puntal verify`:

* every figure can be re-added from transfers, holders, orders, members and events, and has rows that add up to it;
* what is read from the sums of days, with what is not in them yet, is what the books say;
* the SQL that is shown for a figure is made of the parts it is computed with, and gives it;
* nothing is written for reports on the way of an event.

Start reading at `model` and `model_kpis` (formulas), then `queries.kpis`, and `policy_rollups` for the sums.
"""
