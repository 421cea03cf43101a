"""What Python works out from the indicator values: verdicts, ranks, benchmarks, whom to learn from, trends, moves.

The mathematics is in `benchmarking/`; here its arrays are filled from the marts and its results become relations.
"""
