"""Damage that befalls the bytes of any file, and text that has no business in a cell."""

import io
import random
import zipfile
from collections.abc import Callable

# What may stand where a figure, a date or a code should: none of it is one.
HOSTILE = [
    "9" * 25,
    "999,999,999,999,999",
    "1e9",
    "-5",
    "(5)",
    "NaN",
    "nan",
    "inf",
    "-Infinity",
    "1,23",
    "1.234.567",
    "0x1F",
    "٣٣",
    "½",
    "1 2",
    "=1+1",
    '=HYPERLINK("http://127.0.0.1","1")',
    "+cmd|' /C calc'!A0",
    "@SUM(1)",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "&lol9;",
    "'; drop table raw.councils; --",
    "{{7*7}}",
    "\u202e12",
    "12\u202d",
    "#N/A",
    "#REF!",
    "TBC",
    "about 12",
    "12*",
    "12-14",
    "31/02/2024",
    "2024-02-31",
    "0000-00-00",
    "03/04/2024",
    "4/31",
    "x" * 5_000,
]

Damage = Callable[[bytes, random.Random], bytes]


def cut_short(data: bytes, dice: random.Random) -> bytes:
    """The file ends somewhere, perhaps in its first byte."""
    return data[: dice.randrange(len(data) + 1)]


def bits_flipped(data: bytes, dice: random.Random) -> bytes:
    """Some bits are the other way round. (A byte that is or becomes a digit is left as it is: a digit for a digit makes
    another good file, which `says otherwise` tries where the right answer is known.)"""
    changed = bytearray(data)
    for _ in range(dice.choice([1, 1, 2, 5, 20]) if data else 0):
        place, bit = dice.randrange(len(changed)), 1 << dice.randrange(8)
        if not {changed[place], changed[place] ^ bit} & {*b"0123456789"}:
            changed[place] ^= bit
    return bytes(changed)


def any_bits_flipped(data: bytes, dice: random.Random) -> bytes:
    """Some bits are the other way round, wherever: for files that carry checksums."""
    changed = bytearray(data)
    for _ in range(dice.choice([1, 1, 2, 5, 20]) if data else 0):
        changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def stretch_lost(data: bytes, dice: random.Random) -> bytes:
    """A stretch in the middle is gone, between two ends of lines or tags."""
    ends = [place for place, byte in enumerate(data) if byte in b"\n>"]
    if len(ends) < 2:
        return data
    first, last = sorted(dice.sample(ends, 2))
    return data[: first + 1] + data[last + 1 :]


def noughts_in_it(data: bytes, dice: random.Random) -> bytes:
    """A few bytes of nought stand in it, as after a disk that failed."""
    place = dice.randrange(len(data) + 1)
    return data[:place] + bytes(dice.choice([1, 7, 512])) + data[place:]


def in_another_encoding(data: bytes, dice: random.Random) -> bytes:
    """The same text, written in another encoding, with or without saying so."""
    text = data.decode("utf-8", "replace")
    encoding = dice.choice(["utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-8-sig", "utf-32", "cp500"])
    return text.encode(encoding, "replace")


def encoded_twice(data: bytes, dice: random.Random) -> bytes:
    """UTF-8 that was taken for Windows-1252 and written as UTF-8 again."""
    return data.decode("cp1252", "replace").encode("utf-8")


TEXT_DAMAGE: list[Damage] = [
    cut_short, bits_flipped, stretch_lost, noughts_in_it, in_another_encoding, encoded_twice,
]  # fmt: skip


def zip_with(data: bytes, name: str, content: bytes) -> bytes:
    """The workbook with one part put in its place, or added."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for part in source.namelist():
            target.writestr(part, content if part == name else source.read(part))
        if name not in source.namelist():
            target.writestr(name, content)
    return made.getvalue()


def _sheet(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return max((name for name in book.namelist() if name.startswith("xl/worksheets/")), default="xl/x")


def a_bomb_in_the_workbook(data: bytes, dice: random.Random) -> bytes:
    """A sheet that unpacks to far more than it is packed."""
    return zip_with(data, _sheet(data), b"<worksheet>" + b" " * dice.choice([30_000_000, 90_000_000]))


def an_entity_bomb_in_the_workbook(data: bytes, dice: random.Random) -> bytes:
    """Shared texts whose entities would expand for ever."""
    entities = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    bomb = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">{entities}]><sst><si><t>&j;</t></si></sst>'
    return zip_with(data, "xl/sharedStrings.xml", bomb.encode())


def a_far_cell_in_the_workbook(data: bytes, dice: random.Random) -> bytes:
    """A cell in the last row and column that a sheet has."""
    name = _sheet(data)
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        sheet = book.read(name)
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    return zip_with(data, name, sheet.replace(b"</sheetData>", far))


def nested_without_end_in_the_workbook(data: bytes, dice: random.Random) -> bytes:
    """A sheet of nothing but tags within tags."""
    return zip_with(data, _sheet(data), b"<worksheet>" + b"<a>" * 200_000)


WORKBOOK_DAMAGE: list[Damage] = [
    cut_short, any_bits_flipped, noughts_in_it, a_bomb_in_the_workbook, an_entity_bomb_in_the_workbook,
    a_far_cell_in_the_workbook, nested_without_end_in_the_workbook,
]  # fmt: skip


def marked(text: str, dice: random.Random) -> str:
    """The text with marks of a right-to-left script, or spaces that take no room, which a reader does not see."""
    place = dice.randrange(len(text) + 1)
    return (
        text[:place]
        + dice.choice(["\u200f", "\u200e", "\u200b", "\u00ad", "\u2066", "\u061c", "\ufe0f"])
        + text[place:]
    )
