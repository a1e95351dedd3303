"""The whole house for the tests of this folder."""

from tests.support.fixtures import aide, client, house, stranger

__all__ = ["aide", "client", "house", "stranger"]
