"""The Local Government and Social Care Ombudsman (LGSCO) as a source: fetch, keep, read.

What is fetched from where, and how its sentences and columns are read, is declared in `source.yml`.
"""
