"""What comes in and goes out: one folder per source, one per product."""
