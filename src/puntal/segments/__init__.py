"""Segments: saved questions about members, and lists kept by hand.

Owns the tables `segment_member`, `segment_evaluation` and, of days that are over, `segment_day`. A list (`list: true`)
is its rows. Of a dynamic segment the rows are what the last evaluation found: for counting, browsing and messages;
decisions never read them, they ask the facts.

Always true, and checked by `tests/segments`:

* the members of a dynamic segment are those its condition holds for, as the evaluator would answer;
* every row that appears or goes away by evaluation has its `segment.entered` or `segment.left` in the outbox, written
  in the same transaction; nothing else writes those;
* members who are erased or merged are in no segment.

Start reading at `policy`, then `operations`. `operations.load_facts` is the only loader of windowed figures and lists
for decisions.
"""
