"""What was brought in from files, as work that can be looked at: how far it has got, what was refused.

Owns `import_run`. An import is what its caller sends; this says that it goes on, how far it is, and how it ended. Rows
of members are enrolled here, part by part; events are replayed by `entrypoints.imports`, which says here how far it is.

Start reading at `operations`.
"""
