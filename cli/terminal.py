"""What the command line prints on: a console on which nothing from outside can move the cursor or hide text."""

from typing import IO, Any

from rich.console import Console

from warehouse.showing import printable


class Terminal(Console):
    """A console that shows escapes in place of what a terminal would act on, whatever is printed."""

    def __init__(self, *, stderr: bool = False, file: IO[str] | None = None) -> None:
        super().__init__(stderr=stderr, file=file, highlight=False, soft_wrap=True, emoji=False)

    def print(self, *objects: Any, **how: Any) -> None:
        """Print, with the texts made fit for it."""
        super().print(*(printable(each) if isinstance(each, str) else each for each in objects), **how)
