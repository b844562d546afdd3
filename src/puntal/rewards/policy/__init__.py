"""Decisions about rewards: values in, values out."""
