"""Rewards over HTTP, a module per noun."""
