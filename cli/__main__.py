"""`python -m pipelines` is `benchmark`."""

from cli.main import main

main()
