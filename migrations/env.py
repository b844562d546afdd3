"""How Alembic runs our revisions; `puntal.kit.migration.migrate` calls it and brings the connection."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
