"""The repository keeps its word: commands exist, files are vouched for, and no machine or download leaves a trace."""

import hashlib
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import typer
import yaml
from click.testing import CliRunner

from cli.main import app
from warehouse.shipped import ShippedFile, shipped_files

PROJECT = Path(__file__).resolve().parents[2]
COMMAND = typer.main.get_command(app)


def committed() -> list[Path]:
    """Every file under version control, or every file there is where this is no checkout."""
    if (PROJECT / ".git").exists():
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, check=True, capture_output=True, text=True)
        paths = [PROJECT / name for name in listed.stdout.split("\0") if name]
    else:
        ignored = {".venv", "state", "output", "__pycache__"}
        paths = [path for path in PROJECT.rglob("*") if not ignored & set(path.relative_to(PROJECT).parts)]
    return [path for path in paths if path.is_file()]


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


CHANGES = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security", "Data"}
DOCUMENTS = [path for path in committed() if path.suffix == ".md"]


def fenced_commands(markdown: str) -> list[str]:
    """Every `uv run …` of the fenced blocks, also after `&&`."""
    blocks = re.findall(r"^```[^\n]*\n(.*?)^```", markdown, re.MULTILINE | re.DOTALL)
    steps = [step.strip() for block in blocks for line in block.splitlines() for step in line.split("&&")]
    # variables and options of uv say nothing about which command it runs
    before = r'^(?:\w+="[^"]*" )?uv run (?:(?:--no-sync|--extra \w+) )?'
    plain = [re.sub(before, "uv run ", step) for step in steps]
    return [step for step in plain if step.startswith("uv run ")]


DOCUMENTED = sorted({command for path in DOCUMENTS for command in fenced_commands(text_of(path))})


def test_the_readme_opens_with_the_two_commands() -> None:
    commands = fenced_commands((PROJECT / "README.md").read_text(encoding="utf-8"))
    assert commands[:2] == ["uv run benchmark", "uv run pytest"]
    assert "uv run dagster dev" in commands


@pytest.mark.parametrize("command", DOCUMENTED)
def test_every_documented_command_exists(command: str) -> None:
    program, *arguments = shlex.split(command, comments=True)[2:]
    if program == "python":
        module = arguments[arguments.index("-m") + 1] if "-m" in arguments else ""
        script = Path(module.replace(".", "/") + ".py") if module else Path(arguments[0])
        assert (PROJECT / script).exists() or (PROJECT / script.with_suffix("") / "__main__.py").exists()
    elif program.endswith(".py"):
        assert (PROJECT / program).exists()
    else:
        scripts = Path(sys.executable).parent
        assert (scripts / program).exists() or (scripts / f"{program}.exe").exists()


@pytest.mark.parametrize("command", [one for one in DOCUMENTED if one.startswith("uv run benchmark")])
def test_every_documented_option_of_our_command_exists(command: str) -> None:
    words = shlex.split(command, comments=True)[3:]
    place: click.Command = COMMAND
    if words and isinstance(place, click.Group) and words[0] in place.commands:
        place = place.commands[words.pop(0)]
        if words and isinstance(place, click.Group) and words[0] in place.commands:
            place = place.commands[words.pop(0)]
    options = {name for parameter in place.params for name in parameter.opts} | {"--help"}
    assert {word for word in words if word.startswith("--")} <= options


def commands(place: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    """Every command of ours with its whole name."""
    if isinstance(place, click.Group):
        for word, inner in place.commands.items():
            yield from commands(inner, f"{name} {word}")
    else:
        yield name, place


@pytest.mark.parametrize(("name", "command"), list(commands(COMMAND, "benchmark")))
def test_the_help_of_a_command_explains_it_and_each_of_its_arguments_and_options(
    name: str, command: click.Command
) -> None:
    assert command.help
    shown = " ".join(CliRunner(env={"COLUMNS": "300"}).invoke(command, ["--help"]).output.split())
    for parameter in command.params:
        explained = getattr(parameter, "help", None)
        assert explained, f"{name}: {parameter.name} is not explained"
        assert " ".join(explained.split())[:60] in shown, f"{name}: the help of {parameter.name} is not shown"


def test_every_release_of_the_change_log_ends_with_the_published_numbers_that_moved() -> None:
    _, *releases = re.split(r"^## ", (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    parts = [re.findall(r"^### (.+)$", release, re.MULTILINE) for release in releases]
    assert parts and all(names[-1] == "Data" and set(names) <= CHANGES for names in parts)


@pytest.mark.parametrize("file", shipped_files(PROJECT / "data"), ids=lambda one: one.name)
def test_every_shipped_file_is_the_one_that_its_source_file_vouches_for(file: ShippedFile) -> None:
    assert hashlib.sha256(file.path.read_bytes()).hexdigest() == file.source.sha256
    assert file.source.licence and file.source.attribution and file.source.producer and file.source.title


def test_no_table_ships_without_a_source_file() -> None:
    vouched = {file.path for file in shipped_files(PROJECT / "data")}
    assert {path for path in committed() if path.suffix == ".csv" and PROJECT / "data" in path.parents} <= vouched


def test_no_lock_file_is_committed() -> None:
    locks = {"uv.lock", "poetry.lock", "Pipfile.lock", "pdm.lock", "package-lock.json", "yarn.lock"}
    ignored = (PROJECT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert "uv.lock" in ignored
    if (PROJECT / ".git").exists():
        assert not locks & {path.name for path in committed()}


# written in pieces, so that these lines do not find themselves
MACHINE_PATH = re.compile(
    r"(?<![\w./:>-])/(?:home|Users|root|work|tmp|mnt|workspace)/" + r"[a-z][\w.-]*", re.IGNORECASE
)
REGISTRY = re.compile(r"(?:pypi\." + r"org|pythonhosted\." + r"org|registry\.npm" + r"js|index-" + r"url\s*=)")


def test_a_machine_path_and_a_registry_would_be_found() -> None:
    assert MACHINE_PATH.search("see /home" + "/someone/project")
    assert REGISTRY.search("https://files.pythonhosted." + "org/packages")


@pytest.mark.parametrize("pattern", [MACHINE_PATH, REGISTRY], ids=["machine paths", "registries"])
def test_nothing_committed_names_a_place_on_a_machine_or_a_registry(pattern: re.Pattern[str]) -> None:
    found = [
        f"{path.relative_to(PROJECT)}: {match.group()}"
        for path in committed()
        if path.name != "uv.lock" and PROJECT / "data" not in path.parents
        for match in [pattern.search(text_of(path))]
        if match
    ]
    assert found == []


def test_every_dependency_is_pinned_to_one_version() -> None:
    text = (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
    block = re.search(r"^constraint-dependencies = \[\n(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    assert block
    pins = re.findall(r'"([^"]+)"', block.group(1))
    assert len(pins) > 50
    assert all(re.fullmatch(r"[a-z0-9-]+==[^\s=]+", pin) for pin in pins)
    assert len({pin.split("==")[0] for pin in pins}) == len(pins)


def test_every_pinned_version_has_the_hashes_that_ci_installs_by_and_no_address() -> None:
    text = (PROJECT / "requirements.txt").read_text(encoding="utf-8")
    pyproject = (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
    block = re.search(r"^constraint-dependencies = \[\n(.*?)^\]", pyproject, re.MULTILINE | re.DOTALL)
    assert block
    rewrite = "run: uv run --no-sync tools/pins.py"
    pinned = set(re.findall(r"^([a-z0-9-]+==[^\s;]+)", text, re.MULTILINE))
    assert pinned == set(re.findall(r'"([^"]+)"', block.group(1))), rewrite
    assert "://" not in text
    packages = re.split(r"^(?=[a-z0-9-]+==)", text, flags=re.MULTILINE)[1:]
    assert [one.split()[0] for one in packages if "--hash=sha256:" not in one] == []
    assert "uv pip install --quiet --require-hashes -r requirements.txt" in text_of(PROJECT / ".ci" / "run")


def test_every_declaration_reads_the_same_where_libyaml_is_not_installed() -> None:
    declarations = [
        path.read_text(encoding="utf-8")
        for path in committed()
        if path.suffix in (".yml", ".yaml") and not path.is_relative_to(PROJECT / "tests")
    ]
    assert len(declarations) > 100
    for text in declarations:
        assert yaml.load(text, Loader=yaml.SafeLoader) == yaml.load(text, Loader=yaml.CSafeLoader)
