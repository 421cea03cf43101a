"""The names of relations and of the layers that they stand in."""

import re
from typing import Self

LAYERS = ("raw", "staging", "core", "marts", "quality", "published")


class Relation(str):
    """A relation's name, `layer.name`, safe to put into SQL: only lower-case words and underscores pass."""

    def __new__(cls, name: str) -> Self:
        if not re.fullmatch(r"[a-z]+\.[a-z][a-z0-9_]*", name):
            raise ValueError(f"{name!r} is not a relation's name such as marts.comparisons")
        return super().__new__(cls, name)

    @property
    def layer(self) -> str:
        return self.split(".")[0]

    @property
    def table(self) -> str:
        return self.split(".")[1]
