"""How Alembic runs our revisions; `puntal.kit.migration` is the only caller.

It brings a connection, or asks for the SQL to look at.
"""

from alembic import context

if context.is_offline_mode():
    context.configure(dialect_name="postgresql", literal_binds=True, transactional_ddl=False)
else:
    context.configure(connection=context.config.attributes["connection"], transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
