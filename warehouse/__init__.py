"""The ground: settings, contracts, names, models and the DuckDB file that the figures are kept in."""

import os

# Comparisons run in two processes; linear algebra that starts threads besides takes twice the processor time.
# It counts only before numpy is first imported. No result depends on it (benchmarking/reproducible.py).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
