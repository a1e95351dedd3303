"""Runs migrations on the database it is given; in batch mode, for SQLite cannot alter in place."""

import sqlalchemy as sa
from alembic import context
from sqlmodel import SQLModel

import services.bootstrap  # noqa: F401 - imports every room, and so every table
from services.kernel.entity import UtcDateTime
from services.kernel.settings import Settings

url = context.config.attributes.get("url") or Settings().resolved_database_url


def render_item(kind, value, autogen):
    """Keep migrations free of imports from the project: they must run after it has moved on."""
    if kind == "type" and isinstance(value, UtcDateTime):
        return "sa.String(32).with_variant(sa.DateTime(timezone=True), 'postgresql')"
    if kind == "type" and isinstance(value, sa.JSON):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return (
            "sa.JSON(none_as_null=True).with_variant("
            "postgresql.JSONB(none_as_null=True), 'postgresql')"
        )
    return False


engine = sa.create_engine(url)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=True,
        render_item=render_item,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
