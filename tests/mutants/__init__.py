"""Small faults planted in what is said, each of which some test must notice."""
