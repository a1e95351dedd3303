"""The whole house for the measurements of this folder."""

from tests.support.fixtures import aide, client, house

__all__ = ["aide", "client", "house"]
