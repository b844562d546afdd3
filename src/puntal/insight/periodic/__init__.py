"""Reports of a week, month or quarter that is over: made by themselves, or when somebody asks; read by people.

Owns `report_schedule`, `report` and `report_file`. A period is reported of once; whoever asks again has the same report
made anew. There is nobody's name or address in them: figures, goals, budgets, rules, rewards, tiers, and what changed.

Start reading at `operations` (what falls due), then `gathering` (what is in a report) and `drawing` (how it looks).
"""
