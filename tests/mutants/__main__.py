"""Plant small faults one at a time in queries, words and the rule on small counts, and count those that tests notice.

`uv run python -m tests.mutants --times 60 --seed 1` samples so many; the same seed plants the same faults.
"""

import argparse
import ast
import importlib
import os
import random
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
# which tests must notice a fault in which files; of a query also those of tests/sql that name it
TESTS = {
    "assets/wording/*.py": ("tests/unit/wording", "tests/unit/answers"),
    "sql/asked/*.sql": ("tests/sql/test_near_misses.py", "tests/conventions/test_joins.py"),
    "sql/published/*.sql": ("tests/sql/test_near_misses.py", "tests/sql/test_published.py"),
}
READERS = ("tests", "assets", "pipelines", "cli")
OURS = (*READERS, "warehouse", "benchmarking")
COMPARED = {
    "<": "<=",
    "<=": "<",
    ">": ">=",
    ">=": ">",
    "==": "!=",
    "!=": "==",
    "in": "not in",
    "is": "is not",
}
OPPOSITE = {
    "better": "worse",
    "worse": "better",
    "higher": "lower",
    "lower": "higher",
    "above": "below",
    "below": "above",
}
IN_SQL = (
    (r"(?<=\n)    (?:    )?and [^\n]+\n", ""),
    (r"(?<=[a-z_'] )= ", "<> "),
    (r" <= ", " < "),
    (r" desc\b", " asc"),
    (r" is not null", " is null"),
    (r"\bmax\(", "min("),
    (r"\bwhere gss_code = \$council", "where true"),
    (r"\bnot (?=[a-z_]+\.is_)", ""),
)


@dataclass(frozen=True)
class Mutant:
    """One fault: `text[start:end]` of a file becomes `instead`; `tests` must notice it."""

    path: str
    start: int
    end: int
    instead: str
    tests: tuple[str, ...]

    def planted(self, text: str) -> str:
        return text[: self.start] + self.instead + text[self.end :]

    def shown(self, text: str) -> str:
        line = text.count("\n", 0, self.start) + 1
        return f"{self.path}:{line}: {text[self.start : self.end].strip()!r} -> {self.instead.strip()!r}"


def in_python(text: str) -> Iterator[tuple[int, int, str]]:
    """The faults that a Python file can have: comparisons, conditions, numbers and words turned round."""
    lines = [0]
    for line in text.encode().splitlines(keepends=True):
        lines.append(lines[-1] + len(line))

    def place(line: int, column: int) -> int:
        return len(text.encode()[: lines[line - 1] + column].decode())

    for node in ast.walk(ast.parse(text)):
        if not hasattr(node, "end_lineno"):
            continue
        start, end = place(node.lineno, node.col_offset), place(node.end_lineno, node.end_col_offset)
        if isinstance(node, ast.Compare):
            left_end = place(node.left.end_lineno, node.left.end_col_offset)
            right = place(node.comparators[0].lineno, node.comparators[0].col_offset)
            operator = text[left_end:right].strip(" ()\n")
            if operator in COMPARED:
                yield left_end, right, text[left_end:right].replace(operator, COMPARED[operator])
        elif isinstance(node, ast.If | ast.IfExp):
            at = place(node.test.lineno, node.test.col_offset)
            until = place(node.test.end_lineno, node.test.end_col_offset)
            yield at, until, f"not ({text[at:until]})"
        elif isinstance(node, ast.Constant) and type(node.value) is int:
            yield start, end, str(node.value + 1)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            for found in re.finditer(rf"\b({'|'.join(OPPOSITE)})\b", text[start:end]):
                yield start + found.start(), start + found.end(), OPPOSITE[found[0]]


def in_sql(text: str) -> Iterator[tuple[int, int, str]]:
    """The faults that a SELECT can have: a condition lost or turned round, another order, another end of a range."""
    for pattern, instead in IN_SQL:
        for found in re.finditer(pattern, text):
            yield found.start(), found.end(), instead


def naming(query: str) -> list[str]:
    """The tests of tests/sql that name a query."""
    return [
        path.relative_to(PROJECT).as_posix()
        for path in sorted((PROJECT / "tests" / "sql").glob("test_*.py"))
        if f'"{query}"' in path.read_text(encoding="utf-8")
    ]


def mutants() -> list[Mutant]:
    """Every fault that can be planted."""
    return [
        Mutant(path.relative_to(PROJECT).as_posix(), *fault, tuple(dict.fromkeys((*tests, *naming(path.stem)))))
        for pattern, tests in TESTS.items()
        for path in sorted(PROJECT.glob(pattern))
        for fault in (in_sql if path.suffix == ".sql" else in_python)(path.read_text(encoding="utf-8"))
    ]


def work_in(copy: Path) -> None:
    """Have this process read the copy's code and contracts, once for all that are forked from it."""
    for name in [name for name in sys.modules if name.split(".")[0] in OURS and name != __name__]:
        del sys.modules[name]
    os.chdir(copy)
    sys.path.insert(0, str(copy))
    importlib.import_module("tests.conftest")
    importlib.import_module("tests.sql.harness").contract_of("core.councils")


def is_noticed(mutant: Mutant, copy: Path) -> bool:
    """Whether a test fails, in a forked process, with the fault planted in the copy of the project."""
    path, text = copy / mutant.path, (PROJECT / mutant.path).read_text(encoding="utf-8")
    path.write_text(mutant.planted(text), encoding="utf-8")
    child = os.fork()
    if child == 0:
        # what may have read changed words is read again; a query is read when it is asked
        for name in [name for name in sys.modules if path.suffix == ".py" and name.split(".")[0] in READERS]:
            del sys.modules[name]
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os._exit(int(pytest.main(["-q", "-x", "-p", "no:cacheprovider", *mutant.tests]) != 0))
    _, status = os.waitpid(child, 0)
    path.write_text(text, encoding="utf-8")
    return status != 0


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--times", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="part of a path")
    given = parser.parse_args()
    known = [mutant for mutant in mutants() if given.only in mutant.path]
    sample = random.Random(given.seed).sample(known, min(given.times, len(known)))
    noticed = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        ignored = shutil.ignore_patterns(".git", ".venv", "state", "output", "__pycache__")
        shutil.copytree(PROJECT, copy, ignore=ignored)
        work_in(copy)
        for mutant in sample:
            was_noticed = is_noticed(mutant, copy)
            noticed += was_noticed
            fault = mutant.shown((PROJECT / mutant.path).read_text(encoding="utf-8"))
            print(f"{'noticed' if was_noticed else 'NOT NOTICED'}: {fault}", flush=True)
    print(f"{noticed} of {len(sample)} faults were noticed, of {len(known)} that can be planted")


if __name__ == "__main__":
    main()
