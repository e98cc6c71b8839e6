"""`python -m pipeline` is `articles`."""

from pipeline.cli import main

main()
