"""Where undertakings are kept: every accepted plan, reply and sign-off of each council, outside version control.

A reply is withdrawn by saying when, a sign-off followed by a later one, and a plan superseded or taken back whole, as
an extract of the register is.
"""

import hashlib
import json
import re
import unicodedata
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from assets.council.contract import read_contract
from assets.council.deliveries import Delivery, Difference, difference
from assets.council.personal_data import stored_name
from assets.improvement.plan import SECTIONS, PlanReport
from warehouse.files import private_folders, write_whole

State = Literal["draft", "checked", "approved"]
Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Reply:
    """A council's explanation of one figure: of one indicator in one financial year."""

    indicator: str
    period: str
    text: str
    author_role: str
    replied: str
    about_value: str
    withdrawn: str = ""

    @property
    def reply_id(self) -> str:
        """Ten characters of a hash of what it says about which figure."""
        said = "\0".join((self.indicator, self.period, self.text, self.author_role))
        return hashlib.sha256(said.encode()).hexdigest()[:10]


@dataclass(frozen=True)
class SignOff:
    """The state to which one publication was brought, by which role, on which day."""

    publication: str
    state: State
    role: str
    day: str

    @property
    def mark(self) -> str:
        """What an edition that was made for it is named with: a draft's is nothing."""
        said = hashlib.sha256(f"{self.role} {self.day}".encode()).hexdigest()
        return "" if self.state == "draft" else f"-{self.state}-{said[:4]}"


class UndertakingStore:
    """The folder that holds them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep_plan(self, report: PlanReport, gss_code: str) -> Delivery:
        """Keep the good rows of a plan. It becomes the current one unless we have one of a later day.

        Raises ValueError for a refused plan, which never replaces anything.
        """
        if report.refusals or report.as_at is None:
            raise ValueError("a refused plan cannot be kept")
        said = {
            "as_at": report.as_at.isoformat(),
            "is_illustrative": report.is_illustrative,
            "rows": report.rows,
        }
        plan_id = hashlib.sha256((gss_code + json.dumps(said, sort_keys=True)).encode()).hexdigest()[:12]
        changes = self.compare_plan(report, gss_code)
        if (current := self.current_plan(gss_code)) and current["plan_id"] == plan_id:
            return Delivery(plan_id, False, changes)
        now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        problems = report.problems.reindex(columns=["section", "row", "column", "expected", "rule"])
        problems = problems.rename(columns={"row": "source_row", "column": "column_name"})
        plan = {
            "plan_id": plan_id,
            "gss_code": gss_code,
            "delivered_at": now,
            "source_name": stored_name(report.source_name),
            "rows_read": report.accepted + report.set_aside,
            "rows_accepted": report.accepted,
            "problems": problems.to_dict("records"),
            **said,
        }
        # the same plan again, after another, is the same file with a later delivery
        self._write(self._plan(plan), _json(plan))
        return Delivery(plan_id, True, changes)

    def compare_plan(self, report: PlanReport, gss_code: str) -> Difference:
        """How a plan differs from the current one."""
        current = self.current_plan(gss_code)
        return _difference(current["rows"] if current else {}, report.rows)

    def history(self, gss_code: str) -> list[tuple[dict[str, str], Difference]]:
        """The council's plans as `RegisterStore.history` lists its extracts, each with what it changed."""
        plans = self.plans(gss_code)
        before: list[dict[str, Any]] = [{"rows": {}}, *plans]
        return [(_about(now), _difference(was["rows"], now["rows"])) for was, now in zip(before, plans, strict=False)]

    def withdraw(self, gss_code: str, plan_id: str) -> dict[str, str]:
        """Take a plan back; what was known of it. Raises KeyError where the council has none of that id."""
        plan = {each["plan_id"]: each for each in self.plans(gss_code)}[plan_id]
        self._plan(plan).unlink()
        return _about(plan)

    def plans(self, gss_code: str = "*") -> list[dict[str, Any]]:
        """Every plan kept, in the order in which they supersede one another, with `is_current`."""
        plans = [_read(path) for path in self.folder.glob(f"{gss_code}/plans/*.json")]
        plans.sort(key=lambda plan: (plan["gss_code"], plan["as_at"], plan["delivered_at"]))
        last = {plan["gss_code"]: plan["delivered_at"] for plan in plans}
        return [{**plan, "is_current": plan["delivered_at"] == last[plan["gss_code"]]} for plan in plans]

    def current_plan(self, gss_code: str) -> dict[str, Any] | None:
        """The council's plan as it now stands, or nothing."""
        return next((plan for plan in self.plans(gss_code) if plan["is_current"]), None)

    def keep_reply(self, reply: Reply, gss_code: str) -> bool:
        """Keep a reply; whether it is new. The same reply again, also one withdrawn, stands again."""
        return self._write(self._reply(gss_code, reply.reply_id), _json(asdict(reply)))

    def withdraw_reply(self, reply_id: str, gss_code: str, day: date) -> Reply:
        """The reply, which no longer stands from now on. Raises KeyError where there is no such reply standing."""
        standing = {reply.reply_id: reply for reply in self.replies(gss_code) if not reply.withdrawn}
        reply = Reply(**{**asdict(standing[reply_id]), "withdrawn": day.isoformat()})
        self._write(self._reply(gss_code, reply_id), _json(asdict(reply)))
        return reply

    def replies(self, gss_code: str) -> list[Reply]:
        """The council's replies, withdrawn ones too, by figure and day."""
        replies = [Reply(**_read(path)) for path in self._of(gss_code).glob("replies/*.json")]
        return sorted(replies, key=lambda one: (one.indicator, one.period, one.replied, one.reply_id))

    def sign_off(self, made: SignOff, gss_code: str) -> None:
        """Keep a sign-off after those before it.

        Raises ValueError where approval would come before the check, or from the role that checked."""
        history = self._sign_offs(gss_code)
        if made.state == "approved":
            now = self.signed(made.publication, gss_code)
            if now is None or now.state == "draft":
                raise ValueError(
                    "A draft is checked before it is approved: `uv run benchmark sign-off checked --role ...`."
                )
            checks = [one for one in history if (one["publication"], one["state"]) == (made.publication, "checked")]
            if _folded(checks[-1]["role"]) == _folded(made.role):
                raise ValueError(
                    f"The role that checked it ({made.role}) cannot approve it too: somebody in another role has to."
                )
        history.append(asdict(made))
        self._write(self._of(gss_code) / "sign_offs.json", _json(history))

    def signed(self, publication: str, gss_code: str) -> SignOff | None:
        """The latest sign-off of one publication, or nothing: then it is a draft."""
        made = [SignOff(**one) for one in self._sign_offs(gss_code) if one["publication"] == publication]
        return made[-1] if made else None

    def councils(self) -> list[str]:
        """The codes of the councils of which anything is kept."""
        return sorted(path.name for path in self.folder.glob("*") if re.fullmatch(r"[A-Z]\d{8}", path.name))

    def _sign_offs(self, gss_code: str) -> list[dict[str, Any]]:
        path = self._of(gss_code) / "sign_offs.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []

    def _plan(self, plan: dict[str, Any]) -> Path:
        return self._of(plan["gss_code"]) / "plans" / f"{plan['as_at']}_{plan['plan_id']}.json"

    def _reply(self, gss_code: str, reply_id: str) -> Path:
        return self._of(gss_code) / "replies" / f"{reply_id}.json"

    def _write(self, path: Path, content: bytes) -> bool:
        # what somebody has undertaken is not for everybody who uses this machine
        private_folders(self.folder, path.parent)
        return write_whole(path, content, is_private=True)

    def _of(self, gss_code: str) -> Path:
        if not re.fullmatch(r"[A-Z]\d{8}", gss_code):
            raise ValueError(f"{gss_code!r} is not a council's code")
        return self.folder / gss_code


def _folded(role: str) -> str:
    """A role without what does not make it another: case, spaces, hyphens."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", role)).casefold()


def _about(plan: dict[str, Any]) -> dict[str, str]:
    """What is known of a plan, in the words of the register's deliveries."""
    return {
        "extract_id": plan["plan_id"],
        "register_table": "improvement plan",
        "as_at": plan["as_at"],
        "covers": "everything",
        "delivered_at": plan["delivered_at"],
        "rows_quarantined": str(plan["rows_read"] - plan["rows_accepted"]),
    }


def _difference(before: Rows, now: Rows) -> Difference:
    """How the entries of a plan differ from those of the plan before it."""
    changes = Difference(0, 0, 0, 0)
    for section in SECTIONS:
        contract = read_contract()[section]
        schema = pa.schema([(name, pa.string()) for name in contract.names])
        was, is_now = (pa.Table.from_pylist(rows.get(section, []), schema) for rows in (before, now))
        changes += difference(contract, was, is_now)
    return changes


def _json(content: Any) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
