"""How it runs: knows no source and no indicator by name."""
