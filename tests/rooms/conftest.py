"""The whole house for the tests of this folder."""

from tests.support.fixtures import aide, any_house, client, house, stranger

__all__ = ["aide", "any_house", "client", "house", "stranger"]
