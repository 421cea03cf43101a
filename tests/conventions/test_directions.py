"""Imports run one way, as pyproject.toml declares it."""

from importlinter.cli import lint_imports

from warehouse.settings import PROJECT


def test_imports_run_one_way() -> None:
    config = str(PROJECT / "pyproject.toml")
    assert lint_imports(config_filename=config, no_cache=True) == 0, (
        "run `uv run lint-imports` to see which does not"
    )
