"""The SQL of rewards, a module per noun: the only one that writes their tables."""
