"""Rewards: what points buy, and the codes and passes that prove it.

Start reading at `policy.codes` and `policy.tokens`.
"""
