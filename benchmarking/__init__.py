"""The mathematics: pure functions on arrays, no input or output."""
