"""Insight: figures computed from the books, each with its formula.

Owns no table. Every figure can be re-added from transfers, holders, orders and events.

Start reading at `model` and `model_kpis` (formulas), then `queries.kpis`.
"""
