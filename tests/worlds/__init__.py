"""Generated worlds of annual tables for every council, each through the whole pipeline: `python -m tests.worlds`."""
