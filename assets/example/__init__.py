"""The example: an invented council among invented councils, published apart from everything real.

It has everything that the product can show: Ombudsman figures, a case register, a plan, peer returns, an earlier
edition. Its data folder stands in for `data/`, so that no invented figure can reach a real council's run.
"""
