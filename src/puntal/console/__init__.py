"""Use cases that cross slices: joining with what a guest earned, merge and undo, pools, export, erasure.

Owns no table: each slice offers `reassign`, `held_about` and `forget`, and the console calls them in one
transaction, members locked first, then holders.

Start reading at `merging`.
"""
