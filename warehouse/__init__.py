"""The ground: settings, contracts, names, models and the DuckDB file that the figures are kept in."""

import os

# Comparisons run in two processes; linear algebra that starts threads besides takes twice the processor time, and must
# sum in the same order everywhere for a rerun to be identical. It counts only before numpy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
