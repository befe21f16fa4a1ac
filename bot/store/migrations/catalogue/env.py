"""Alembic's entry: works on the connection our code hands over."""

from alembic import context

from bot.store.schema import CatalogueBase

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=CatalogueBase.metadata,
    render_as_batch=True,
    version_table=context.config.attributes["version_table"],
)
with context.begin_transaction():
    context.run_migrations()
