"""How it runs: knows no source and no indicator by name."""

import os

# Comparisons run in threads of their own; linear algebra that starts more of them takes twice the processor time, and
# must sum in the same order everywhere for a rerun to be identical. It counts only before numpy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
