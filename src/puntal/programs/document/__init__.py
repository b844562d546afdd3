"""The program document: every section as a frozen structure, one file each.

Pure, and the vocabulary of the whole platform: other slices look down to these nouns and never parse
configuration themselves. What a structure alone cannot check (references, conditions, dates that
contradict each other) is `programs.policy.check`.

Start reading at `program.Program`.
"""
