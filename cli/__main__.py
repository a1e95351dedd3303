"""`python -m cli`: the same command where `suixing` is not on the path."""

from cli import main

main()
