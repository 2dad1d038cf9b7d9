"""``python -m findomain.cli``."""

from findomain.cli import main

main()
