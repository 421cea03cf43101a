"""How it runs: knows no source and no indicator by name."""

import os

# Comparisons run in two processes; linear algebra that starts threads besides takes twice the processor time, and must
# sum in the same order everywhere for a rerun to be identical. It counts only before numpy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
