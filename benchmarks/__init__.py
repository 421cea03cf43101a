"""What the product costs, measured. Each module is a command; `python -m benchmarks` runs them all."""

# sets how many threads numpy may use, which counts only before it is first imported
import warehouse  # noqa: F401
