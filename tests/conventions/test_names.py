"""Names are the trade's words: a short list of words stays out of names, docstrings and messages."""

import ast
import re
from collections.abc import Iterator

from tests.conventions.test_repository import PROJECT, committed

PRODUCT = ("assets", "benchmarking", "benchmarks", "cli", "pipelines", "tools", "warehouse")
MODULES = [path for path in committed() if path.suffix == ".py" and path.relative_to(PROJECT).parts[0] in PRODUCT]
# a word that says nothing to a newcomer, and what to write instead
NAMES = {
    "told": "the text, the reasons",
    "untold": "unnotified",
    "manners": "politeness",
    "got": "fetched",
    "telling": "notices",
    "whom": "the council, the recipients",
    "befell": "happened",
}
SENTENCES = {
    r"told of": "notified",
    r"untold": "not notified",
    r"whom": "which council, who",
    r"befalls?|befell": "happens",
    r"hangs? on": "depends on",
    r"for want of": "because it lacks",
    r"what becomes? of": "what happens to",
    r"(?:brings?|bringing|brought) about": "causes",
}
# a label or a column may still be called so
IN_CODE = {r"beside(?!:)": "compared with, next to, with"}
# one of the protocol's own reasons is printed with this word
KEPT = {"NOT_TOLD_FROM_CHANCE"}


def named(tree: ast.AST) -> Iterator[str]:
    """Every name that a module gives: functions, classes, arguments and variables."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def words_of(name: str) -> set[str]:
    return {word.lower() for word in re.split(r"_|(?<=[a-z])(?=[A-Z])", name)}


def docstrings(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and (text := ast.get_docstring(node)):
            yield text


def messages(tree: ast.AST) -> Iterator[str]:
    """Every text of several words that is no docstring: what is printed, published or asked."""
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in said
            and " " in node.value
        ):
            yield node.value


def bad_names(tree: ast.AST) -> list[str]:
    """Each name with a word to do without, and what to write."""
    return [
        f"{name}: write {NAMES[word]}"
        for name in sorted(set(named(tree)) - KEPT)
        for word in words_of(name) & set(NAMES)
    ]


def bad_words(tree: ast.AST) -> list[str]:
    """Each word of a docstring or message to do without, and what to write."""
    return [
        f"{match[0]!r}, write {instead!r}: {text[:80]}"
        for texts, to_avoid in ((docstrings(tree), SENTENCES | IN_CODE), (messages(tree), SENTENCES))
        for text in texts
        for pattern, instead in to_avoid.items()
        if (match := re.search(rf"\b(?:{pattern})\b", text, re.IGNORECASE))
    ]


def test_names_and_docstrings_do_without_words_that_say_nothing() -> None:
    found = {}
    for path in MODULES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if problems := bad_names(tree) + bad_words(tree):
            found[str(path.relative_to(PROJECT))] = problems
    assert found == {}


def test_such_words_would_be_found() -> None:
    tree = ast.parse('def trend_told(whom):\n    """What becomes of it."""\n    Got = 1\n')
    assert len(bad_names(tree)) == 3 and len(bad_words(tree)) == 1
