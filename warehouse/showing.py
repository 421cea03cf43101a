"""The one place where text from outside is made fit to be shown: in a message, on a terminal, in a log.

What a file, a page or a setting says can hold characters that move a terminal's cursor, hide text or turn its order
round. They are shown as escapes, so that a reader sees that they are there.
"""

import re

LONGEST = 200
# C0 and C1 controls but tab and line end, and what has no width or turns the order of reading round
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)


def shown(text: object, most: int = LONGEST) -> str:
    """The text on one line, cut at `most` characters, with nothing in it that a terminal would act on."""
    whole = str(text)
    safe = printable(whole[: most + 1]).replace("\n", "\\n").replace("\t", "\\t")
    return safe if len(whole) <= most else f"{safe[:most]}…"


def printable(text: str) -> str:
    """The text with escapes in place of what a terminal would act on or nobody would see; line ends stay."""
    return _UNSAFE.sub(lambda found: found[0].encode("unicode_escape", "surrogatepass").decode(), text)


# letters written from right to left, and marks that turn the order of reading round, open and close
_TURNS = re.compile("[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc]")
_OPEN, _CLOSE = "\u2068", "\u2069"


def isolate_bidi(text: str) -> str:
    """Text from elsewhere, so marked that whatever in it turns the order of reading round ends with it and does not
    reach the sentence that it stands in; text without such a character comes back as it is."""
    if text.isascii() or not _TURNS.search(text):
        return text
    left_open = unopened = 0
    for character in text:
        if character in "\u2066\u2067\u2068":
            left_open += 1
        elif character == _CLOSE and left_open:
            left_open -= 1
        elif character == _CLOSE:
            unopened += 1
    return _OPEN * (unopened + 1) + text + _CLOSE * (left_open + 1)
