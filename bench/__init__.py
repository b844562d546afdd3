"""How fast Puntal is, as ratios against pgbench measured in the same run on the same server."""
