"""Puntal: a loyalty platform whose every point can be explained."""
