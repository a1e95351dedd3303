"""Runs migrations on whatever database it is given; batch mode, for SQLite cannot alter in place."""

from alembic import context
from sqlalchemy import create_engine
from sqlmodel import SQLModel

import services.bootstrap  # noqa: F401 - imports every room, and so every table
from services.kernel.entity import UtcDateTime
from services.kernel.settings import Settings

url = context.config.attributes.get("url") or Settings().resolved_database_url


def render_item(kind, value, _autogen):
    """Keep migrations free of imports from the project: they must run long after it has moved on."""
    if kind == "type" and isinstance(value, UtcDateTime):
        return "sa.String(32).with_variant(sa.DateTime(timezone=True), 'postgresql')"
    return False


engine = create_engine(url)
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
