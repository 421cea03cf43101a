"""Damaged pages, tables, registers and plans through the whole intake: command and short test."""
