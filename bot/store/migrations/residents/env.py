"""Alembic's entry: works on the connection our code hands over."""

from alembic import context

from bot.store import schema_gate, schema_inbox, schema_questions, schema_staff
from bot.store.schema import ResidentsBase

# Importing them adds their tables to the metadata.
assert schema_gate and schema_inbox and schema_questions and schema_staff

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=ResidentsBase.metadata,
    render_as_batch=True,
    version_table=context.config.attributes["version_table"],
)
with context.begin_transaction():
    context.run_migrations()
