"""Which function finds the facts of which question."""

from collections.abc import Callable, Iterable, Mapping

from assets.answers.asked import Asked
from assets.answers.compared import q1, q2
from assets.answers.compliance import q8
from assets.answers.elsewhere import q7
from assets.answers.facts import Fact
from assets.answers.in_time import q5
from assets.answers.learning import q3
from assets.answers.news import q12
from assets.answers.plan import q11
from assets.answers.register import q4, q6, q9
from assets.answers.staffing import q10

FINDERS: Mapping[str, Callable[[Asked], Iterable[Fact]]] = {
    "Q1": q1, "Q2": q2, "Q3": q3, "Q4": q4, "Q5": q5, "Q6": q6, "Q7": q7, "Q8": q8, "Q9": q9, "Q10": q10, "Q11": q11,
    "Q12": q12,
}  # fmt: skip


def facts(asked: Asked) -> dict[str, list[Fact]]:
    """The facts of every question, by its number."""
    return {number: list(find(asked)) for number, find in FINDERS.items()}
