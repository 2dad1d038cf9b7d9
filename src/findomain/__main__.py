"""``python -m findomain``."""

from findomain.cli import main

main()
