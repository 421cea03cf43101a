"""How a spelling of a council's name is folded before it is looked up: once, for Python and for SQL.

`core.council_names` has every spelling that means one council, folded. To look a name up, fold it with `folded`, or in
SQL with the macro `fold_name`, which is generated from the same steps; a test compares the two.
"""

import re
from functools import reduce

import duckdb

# how counties are written for short
SHORT_COUNTIES = {
    "bucks": "buckingham", "cambs": "cambridge", "derbys": "derby", "glos": "gloucester", "hants": "hamp",
    "herts": "hertford", "lancs": "lanca", "leics": "leicester", "lincs": "lincoln", "northants": "northampton",
    "notts": "nottingham", "oxon": "oxford", "staffs": "stafford", "warks": "warwick", "wilts": "wilt",
    "worcs": "worcester", "yorks": "york",
}  # fmt: skip
# in order; written so that Python's regular expressions and DuckDB's read them alike
STEPS = (
    # entities that an export left in: King&#39;s, Telford &amp; Wrekin
    (r"&(amp;)*(#x?[0-9A-Fa-f]{1,6}|[A-Za-z]{2,8});", " "),
    # characters without a width, and letters that a PDF runs together
    ("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]+", ""),
    ("\ufb00", "ff"),
    ("\ufb01", "fi"),
    ("\ufb02", "fl"),
    ("\ufb03", "ffi"),
    # only now are all letters those of ASCII, of which there is one lower case
    (r"[^A-Za-z0-9()\[\]]+", " "),
    # note marks: [note 1], [r], (note 2), (1), a figure or "note 1" at the end. ONS codes end with eight digits
    (r"\[[^\[\]]*(\]|$)", " "),
    (r"\( ?((foot)?notes?[^()]*|[a-z0-9]{1,2}) ?\)", " "),
    (r"[^a-z0-9]+", " "),
    (r"([a-z])( (foot)?notes?)?( ?[0-9]{1,2})( [0-9]{1,2})* ?$", r"\1"),
    # whatever stood for the apostrophe of "King's" left a lone s
    (r"([a-z]) s( |$)", r"\1s\2"),
    # the Ombudsman's addresses leave "and" out; "upon" and "on" are used for each other
    (r"\b(and|the)\b", " "),
    (r"\bupon\b", "on"),
    (r"\bsaint\b", "st"),
    # initials with stops or spaces between them: K.C.C., L.B. of Barnet; and points of the compass
    (r"\bne\b|\bn e\b", "north east"),
    (r"\b([a-z]) ([a-z])( ([a-z]))?\b", r"\1\2\4"),
    *((rf"\b{way[0]}\b", way) for way in ("north", "east", "south", "west")),
    *((rf"\b{short}\b", f"{county}shire") for short, county in SHORT_COUNTIES.items()),
    (r" +", " "),
)
LOWERED = 7  # the steps before the text is put into small letters
MACRO = "fold_name"


def folded(name: str) -> str:
    """The name as `core.council_names` spells it: small letters, digits and single spaces."""
    return _replaced(_replaced(name, STEPS[:LOWERED]).lower(), STEPS[LOWERED:]).strip(" ")


def _replaced(text: str, steps: tuple[tuple[str, str], ...]) -> str:
    return reduce(lambda so_far, step: re.sub(step[0], step[1], so_far), steps, text)


def define_folding(connection: duckdb.DuckDBPyConnection) -> None:
    """Give the connection's database the macro `fold_name`, which models call."""

    def sql(inner: str, steps: tuple[tuple[str, str], ...]) -> str:
        return reduce(lambda so_far, step: f"regexp_replace({so_far}, '{step[0]}', '{step[1]}', 'g')", steps, inner)

    body = sql(f"lower({sql('name', STEPS[:LOWERED])})", STEPS[LOWERED:])
    connection.execute(f"create or replace macro {MACRO}(name) as trim({body})")
