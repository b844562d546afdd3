"""The processes: what a person or a supervisor starts."""
