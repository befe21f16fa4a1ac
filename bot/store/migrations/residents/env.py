"""Alembic's entry: works on the connection our code hands over."""

from alembic import context

from bot.store import schema_questions, schema_staff
from bot.store.schema import ResidentsBase

assert schema_questions and schema_staff  # importing them adds their tables to the metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=ResidentsBase.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
