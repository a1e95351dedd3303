"""HTTP only: dependencies, one service call, return."""
