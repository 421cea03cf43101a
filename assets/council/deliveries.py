"""What councils have delivered: every accepted extract as Parquet, pseudonymous, from which all else can be
rebuilt."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import secrets
import stat
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from assets.council.contract import Table, read_contract
from assets.council.personal_data import stored_name
from assets.council.report import RegisterReport
from assets.council.sources import TEXT
from warehouse.files import private_file, private_folder, private_folders

EXTRACT_COLUMNS = {
    "gss_code": pa.string(),
    "extract_id": pa.string(),
    "as_at": pa.string(),
    "delivered_at": pa.string(),
    "register_table": pa.string(),
    "covers": pa.string(),
    "source_name": pa.string(),
    "rows_read": pa.string(),
    "rows_accepted": pa.string(),
    "rows_quarantined": pa.string(),
}
ROWS_IN_A_GROUP = 122_880  # as DuckDB groups rows, so that it reads groups side by side
DELIVERY_COLUMNS = ("gss_code", "extract_id", "as_at", "delivered_at", "covers")
ROW_MULTIPLIER = np.uint64(6364136223846793005)  # odd, so that no column is lost from the number of a row
PROBLEM_COLUMNS = ("row_number", "column_name", "expected", "rule", "severity")


class SaltError(RuntimeError):
    """The salt's file cannot be trusted; the message says what to do."""


@dataclass(frozen=True)
class Difference:
    """How an extract's rows differ from those we had before it, and in how many rows each column changed.

    `kept`: rows that the extract set aside, of which the version that we had stays.
    """

    added: int
    changed: int
    unchanged: int
    no_longer_delivered: int
    changed_columns: dict[str, int] = field(default_factory=dict)
    kept: int = 0

    def __add__(self, other: Difference) -> Difference:
        """The difference of two tables together."""
        return Difference(
            self.added + other.added,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.no_longer_delivered + other.no_longer_delivered,
            dict(Counter(self.changed_columns) + Counter(other.changed_columns)),
            self.kept + other.kept,
        )

    def as_text(self) -> str:
        """The difference in a sentence."""
        columns = ", ".join(f"{name} in {count:,}" for name, count in self.changed_columns.items())
        phrases = (
            (self.added, "rows new"),
            (self.changed, f"changed ({columns})"),
            (self.unchanged, "as before"),
            (self.no_longer_delivered, "known before and not delivered now"),
            (self.kept, "set aside now and kept as before"),
        )
        return ", ".join(f"{count:,} {words}" for count, words in phrases if count) or "no rows"


@dataclass(frozen=True)
class Delivery:
    """One extract in the store. `is_new` is false where exactly this had been delivered before."""

    extract_id: str
    is_new: bool
    difference: Difference


class RegisterStore:
    """The folder that holds the salt and every accepted extract. It must stay out of version control, and only its
    owner can read it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def salt(self) -> bytes:
        """The secret that references are hashed with: made on first use, readable by its owner alone.

        Losing it makes later extracts' references strangers to earlier ones. Raises SaltError if others
        could read it.
        """
        path = self.folder / "salt"
        private_folder(self.folder)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
                raise SaltError(
                    f"{path} can be read by others: chmod 600 it, or remove it and load everything anew"
                ) from None
            salt = bytes.fromhex(path.read_text(encoding="ascii"))
            if len(salt) != 32:
                raise SaltError(f"{path} does not hold a salt: remove it and load everything anew") from None
            return salt
        salt = secrets.token_bytes(32)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(salt.hex())
        return salt

    def deliver(self, report: RegisterReport) -> Delivery:
        """Keep the accepted rows of a delivery. The same rows as at the same day are kept once.

        Raises ValueError for a refused delivery.
        """
        if report.is_refused or report.as_at is None:
            raise ValueError("a refused delivery cannot be kept")
        if not re.fullmatch(r"[A-Z]\d{8}", report.gss_code):
            raise ValueError(f"{report.gss_code!r} is not a council's code")
        rows = report.accepted.drop_columns("row_number")
        extract_id = _extract_id(report, rows)
        changes = self.compare(report)
        folder = self.folder / report.gss_code / report.table.name
        path = folder / f"{report.as_at}_{extract_id}.parquet"
        same_day = [
            each for each in self.paths(report.table.name, report.gss_code) if each.name.startswith(f"{report.as_at}_")
        ]
        # delivered again after another of the same day, it is the last word on that day
        if same_day and same_day[-1] == path:
            return Delivery(extract_id, False, changes)
        about = {
            "gss_code": report.gss_code,
            "extract_id": extract_id,
            "as_at": report.as_at.isoformat(),
            "delivered_at": dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M:%S.%f"),
            "register_table": report.table.name,
            "covers": report.covers,
            "source_name": stored_name(report.source_name),
            "rows_read": str(report.rows_read),
            "rows_accepted": str(report.accepted.num_rows),
            "rows_quarantined": str(report.quarantined),
        }
        problems = report.problems.drop(columns="value").rename(columns={"row": "row_number", "column": "column_name"})
        private_folders(self.folder, folder)
        # The rows come last: an extract without them was never delivered.
        _write(
            path.with_suffix(".problems"),
            pa.Table.from_pandas(problems.astype(str), preserve_index=False),
            about,
        )
        if report.covers == "everything" and report.set_aside_keys is not None:
            _write(path.with_suffix(".aside"), report.set_aside_keys, about)
        _write(path, _as_rows(report.table, report.accepted, about), about)
        self._keep_set_aside(report.table, report.gss_code)
        return Delivery(extract_id, True, changes)

    def compare(self, report: RegisterReport) -> Difference:
        """What loading a delivery would change."""
        had = self.rows(report.table.name, gss_code=report.gss_code, current=True)
        kept = _kept(report.table, report.set_aside_keys, report.accepted, had).num_rows
        return difference(report.table, had, report.accepted, kept if report.covers == "everything" else 0)

    def _keep_set_aside(self, contract: Table, gss_code: str) -> None:
        """Write into each extract of everything the rows that we had of what it set aside, as far as they are still
        delivered: an extract before it may have come since, or been withdrawn."""
        every = [row_schema(contract).empty_table()]
        for path in self.paths(contract.name, gss_code):
            rows = pq.read_table(path)
            if (aside := path.with_suffix(".aside")).exists():
                about = _about(rows)
                accepted = rows.slice(0, int(about["rows_accepted"]))
                had = _current(contract, pa.concat_tables(every).unify_dictionaries())
                kept = _as_rows(contract, _kept(contract, pq.read_table(aside), accepted, had), about)
                if kept.num_rows or rows.num_rows > accepted.num_rows:
                    rows = pa.concat_tables([accepted.replace_schema_metadata(None), kept])
                    _write(path, rows, about)
            every.append(rows)

    def rows(self, table: str, *, gss_code: str | None = None, current: bool = False) -> pa.Table:
        """Every accepted row as text: whose, which extract's, its days, what it covers, `row_number`, the columns.

        One row a row of an extract; with `current`, only the latest of each key.
        """
        parts = [pq.read_table(path) for path in self.paths(table, gss_code)]
        every = pa.concat_tables([row_schema(read_contract()[table]).empty_table(), *parts]).unify_dictionaries()
        return _current(read_contract()[table], every) if current else every

    def extracts(self) -> pa.Table:
        """One row an extract, all text: whose, as at when, what it covers, rows read, accepted and set
        aside."""
        rows = [_about(pq.read_schema(path)) for table in read_contract() for path in self.paths(table)]
        return pa.table({name: pa.array([row[name] for row in rows], kind) for name, kind in EXTRACT_COLUMNS.items()})

    def problems(self) -> pa.Table:
        """One row a problem of an extract, all text; values stay in the local report and never come here."""
        names = ("gss_code", "extract_id", "register_table", *PROBLEM_COLUMNS)
        parts = [pa.table({name: pa.array([], pa.string()) for name in names})]
        for table in read_contract():
            for path in self.paths(table):
                part = pq.read_table(path.with_suffix(".problems"))
                about = _about(part)
                columns = {name: pa.array([about[name]] * part.num_rows, pa.string()) for name in names[:3]}
                columns |= {name: part[name].cast(pa.string()) for name in PROBLEM_COLUMNS}
                parts.append(pa.table(columns))
        return pa.concat_tables(parts)

    def history(self, gss_code: str) -> list[tuple[dict[str, str], Difference]]:
        """What is known of each delivery of a council, in the order in which they supersede one another, with what it
        changed."""
        found = []
        for name, contract in read_contract().items():
            before = row_schema(contract).empty_table()
            every = [before]
            for path in self.paths(name, gss_code):
                rows = pq.read_table(path)
                found.append((_about(rows), difference(contract, before, rows)))
                every.append(rows)
                before = _current(contract, pa.concat_tables(every).unify_dictionaries())
        return found

    def withdraw(self, gss_code: str, extract_id: str) -> dict[str, str]:
        """Take a delivery back; what was known of it. Raises KeyError where a council has none of that id."""
        for name in read_contract():
            for path in self.paths(name, gss_code):
                about = _about(pq.read_schema(path))
                if about["extract_id"] == extract_id:
                    for ending in (".parquet", ".problems", ".aside"):
                        path.with_suffix(ending).unlink(missing_ok=True)
                    self._keep_set_aside(read_contract()[name], gss_code)
                    return about
        raise KeyError(extract_id)

    def paths(self, table: str, gss_code: str | None = None) -> list[Path]:
        """The Parquet files of a table's extracts, in the order in which they supersede one another."""
        paths = self.folder.glob(f"{gss_code or '*'}/{table}/*.parquet")
        return sorted(
            paths, key=lambda path: [_about(pq.read_schema(path))[name] for name in ("as_at", "delivered_at")]
        )


def row_schema(contract: Table) -> pa.Schema:
    """The columns of a table's rows in the store, all text. A peer return says itself whose figures it holds."""
    whose = "asked_by_gss_code" if "gss_code" in contract.names else "gss_code"
    # hardly a reference or row number occurs twice, and a dictionary of them would be written with every group
    plain = {"row_number", *(column.name for column in contract.columns if column.type == "reference")}
    names = (whose, *DELIVERY_COLUMNS[1:], "row_number", *contract.names)
    return pa.schema([(name, pa.string() if name in plain else TEXT) for name in names])


def _extract_id(report: RegisterReport, rows: pa.Table) -> str:
    """What identifies the rows of a delivery, in whatever order they stand."""
    content = hashlib.sha256(f"{report.gss_code} {report.table.name} {report.as_at} {report.covers}".encode())
    content.update(_numbers_of(rows).tobytes())
    return content.hexdigest()[:16]


def _numbers_of(rows: pa.Table) -> NDArray[np.uint64]:
    """A number of 64 bits for each row of text, from smallest to largest: the same for the same rows in any order."""
    numbers = np.zeros(rows.num_rows, np.uint64)
    for column in rows.unify_dictionaries().columns:
        encoded = column.combine_chunks()
        if not pa.types.is_dictionary(encoded.type):
            encoded = encoded.dictionary_encode()
        # few values occur often: each is made a number once, and no value is the last of them
        values = pd.util.hash_array(encoded.dictionary.to_numpy(zero_copy_only=False), categorize=False)
        places = encoded.indices.fill_null(len(values)).to_numpy()
        numbers = numbers * ROW_MULTIPLIER + np.append(values, np.uint64(0))[places]
    return np.sort(numbers)


def _as_rows(contract: Table, rows: pa.Table, about: dict[str, str]) -> pa.Table:
    columns: list[pa.Array] = [_constant(about[name], rows.num_rows) for name in DELIVERY_COLUMNS]
    columns += [rows[name] for name in ("row_number", *contract.names)]
    schema = row_schema(contract)
    return pa.table([column.cast(field.type) for column, field in zip(columns, schema, strict=True)], schema=schema)


def _kept(contract: Table, keys: pa.Table | None, accepted: pa.Table, had: pa.Table) -> pa.Table:
    """The rows that we had of what an extract of everything set aside, each with its row number there: else the version
    that we had would go with the rows that are gone."""
    if keys is None or not keys.num_rows or not had.num_rows:
        return had.schema.empty_table()
    key = list(contract.key)
    with duckdb.connect() as connection:
        for name, table in (("had", had), ("aside", keys), ("delivered", accepted)):
            connection.register(name, table)
        # what of a key cannot be read could be anything
        alike = " and ".join(f"(aside.{name} is null or aside.{name} = had.{name})" for name in key)
        delivered = " and ".join(f"had.{name} is not distinct from delivered.{name}" for name in key)
        return connection.execute(
            f"select had.* replace (cast(min(aside.row_number) as varchar) as row_number) from had "
            f"inner join aside on {alike} anti join delivered on {delivered} group by all order by all"
        ).to_arrow_table()


def _constant(text: str, count: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, dtype=np.int32)), pa.array([text]))


def _write(path: Path, table: pa.Table, about: dict[str, str]) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with private_file(beside) as file:
        pq.write_table(
            table.replace_schema_metadata({"extract": json.dumps(about)}),
            file,
            compression="zstd",
            row_group_size=ROWS_IN_A_GROUP,
            # to encode or to sum up what hardly occurs twice takes as long as to write it
            use_dictionary=[field.name for field in table.schema if pa.types.is_dictionary(field.type)],
            write_statistics=False,
        )
    beside.replace(path)


def _about(held: pa.Table | pa.Schema) -> dict[str, str]:
    schema = held.schema if isinstance(held, pa.Table) else held
    return json.loads(schema.metadata[b"extract"])


def _current(contract: Table, every: pa.Table) -> pa.Table:
    """The latest row of each key; rows come in order of their day, and an extract of everything starts anew."""
    covers = every["covers"].to_pandas().to_numpy(dtype=object)
    extracts = every["extract_id"].to_pandas().to_numpy(dtype=object)
    if (complete := np.flatnonzero(covers == "everything")).size:
        every = every.slice(int(np.argmax(extracts == extracts[complete[-1]])))
    keys = every.select(list(contract.key)).to_pandas()
    return every.filter(pa.array(~keys.duplicated(keep="last").to_numpy()))


def difference(contract: Table, held: pa.Table, delivered: pa.Table, kept: int = 0) -> Difference:
    """How delivered rows of one table differ from those held before; `kept` as a Difference has it."""
    if held.num_rows == 0:
        return Difference(delivered.num_rows, 0, 0, 0)
    rows = delivered.select(contract.names).to_pandas()
    key = list(contract.key)
    values = [name for name in contract.names if name not in key]
    before = held.select(contract.names).to_pandas().astype(object)
    both = before.merge(rows.astype(object), on=key, how="outer", suffixes=("_before", ""), indicator=True)
    common = both[both["_merge"] == "both"]
    changed = pd.DataFrame({name: (common[name].fillna("") != common[f"{name}_before"].fillna("")) for name in values})
    is_changed = changed.any(axis=1)
    return Difference(
        int((both["_merge"] == "right_only").sum()),
        int(is_changed.sum()),
        int((~is_changed).sum()),
        int((both["_merge"] == "left_only").sum()) - kept,
        {str(name): int(count) for name, count in changed.sum().items() if count},
        kept,
    )
