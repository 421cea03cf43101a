from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from assets.council.check import check_register
from assets.council.mapping import Mapping
from assets.council.report import RegisterReport
from assets.example.cases import AS_AT, GSS_CODE, as_delivered, example_register

SALT = b"salt of the tests, 32 bytes long"


@pytest.fixture(scope="session")
def delivered() -> pd.DataFrame:
    """A small illustrative register as text."""
    return as_delivered(example_register(400))


@pytest.fixture
def check(tmp_path: Path) -> Callable[..., RegisterReport]:
    """Check what is given: a frame or text (written as CSV), bytes, or a path; keywords are the mapping's."""

    def run(content: Any, *, table: str = "case_stages", suffix: str = ".csv", **mapping: Any) -> RegisterReport:
        path = tmp_path / f"delivery{suffix}"
        if isinstance(content, Path):
            path = content
        elif isinstance(content, bytes):
            path.write_bytes(content)
        elif isinstance(content, str):
            path.write_text(content, encoding="utf-8")
        else:
            content.to_csv(path, index=False)
        settings = {"as_at": AS_AT} | mapping
        return check_register(path, gss_code=GSS_CODE, salt=SALT, mapping=Mapping(**settings), table=table)

    return run
