"""Ways in which a statistics page may come out damaged or changed, each a function of a page and dice."""

import random
import re
from collections.abc import Callable

from tests.standin.figures import Row
from tests.standin.pages import Block, Piece, blocks_of, render, render_at_random

_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
]
_NUMBER = re.compile(r"[0-9][0-9,.]*")
_OTHER_SPACES = [
    "\u00a0",
    "\u1680",
    "\u2003",
    "\u2009",
    "\u202f",
    "\u205f",
    "\u3000",
    "\u200b",
    "\u00ad",
    "\ufeff",
]

Mutation = Callable[[list[Block], random.Random], list[Block]]


def sentences_cut(blocks: list[Block], dice: random.Random) -> list[Block]:
    """Some pieces are gone."""
    gone = dice.choice([0.05, 0.15, 0.4])
    return [[piece for piece in block if dice.random() > gone] for block in blocks]


def sentences_cut_in_part(blocks: list[Block], dice: random.Random) -> list[Block]:
    """Some pieces lost their beginning, their end or their middle, at a word or inside one. (A cut of nothing
    but digits is left out: what stays is a figure as any other.)"""

    def cut(piece: Piece) -> Piece:
        if dice.random() > 0.15 or len(piece.words) < 8:
            return piece
        first, last = sorted(dice.sample(range(len(piece.words) + 1), 2))
        # A figure cut from the left at the very start of its sentence reads as another figure.
        while first == 0 and last < len(piece.words) and piece.words[last].isdigit():
            last += 1
        if piece.words[first:last].isdigit():
            return piece
        return Piece(piece.kind, piece.words[:first] + piece.words[last:], piece.glued)

    return [[cut(piece) for piece in block] for block in blocks]


def numbers_in_words(blocks: list[Block], dice: random.Random) -> list[Block]:
    """Some numbers are written in words."""

    def word(found: re.Match[str]) -> str:
        return dice.choice(_ONES) + dice.choice(["", "-four", " hundred"]) if dice.random() < 0.3 else found[0]

    return [[Piece(piece.kind, _NUMBER.sub(word, piece.words), piece.glued) for piece in block] for block in blocks]


def blocks_reordered(blocks: list[Block], dice: random.Random) -> list[Block]:
    """The blocks stand in another order."""
    return dice.sample(blocks, len(blocks))


def blocks_doubled(blocks: list[Block], dice: random.Random) -> list[Block]:
    """Some blocks stand there twice, the second time somewhere else."""
    doubled = list(blocks)
    for block in dice.sample(blocks, dice.randrange(1, len(blocks))):
        doubled.insert(dice.randrange(len(doubled) + 1), block)
    return doubled


def another_council_mixed_in(blocks: list[Block], dice: random.Random) -> list[Block]:
    """One block of another council's figures stands among them."""
    other = [
        [Piece(piece.kind, _NUMBER.sub(lambda found: str(int(found[0][0]) + 1), piece.words)) for piece in block]
        for block in blocks
    ]
    return [*blocks, dice.choice(other)]


def odd_spaces(blocks: list[Block], dice: random.Random) -> list[Block]:
    """White space of other languages, and characters without width, between and inside words."""

    def strange(piece: Piece) -> Piece:
        words = "".join(dice.choice(_OTHER_SPACES[:7]) if letter == " " else letter for letter in piece.words)
        if dice.random() < 0.3:
            place = dice.randrange(len(words) + 1)
            words = words[:place] + dice.choice(_OTHER_SPACES) + words[place:]
        return Piece(piece.kind, words, piece.glued)

    return [[strange(piece) for piece in block] for block in blocks]


MUTATIONS: list[Mutation] = [
    sentences_cut,
    sentences_cut_in_part,
    numbers_in_words,
    blocks_reordered,
    blocks_doubled,
    another_council_mixed_in,
    odd_spaces,
]


def page_cut_short(page: str, dice: random.Random) -> str:
    """The page ends somewhere, in a tag, a word or a number."""
    return page[: dice.randrange(len(page))]


def middle_cut_out(page: str, dice: random.Random) -> str:
    """A stretch of the markup is gone, from between two tags to between two others."""
    places = [match.start() for match in re.finditer("<", page)]
    first, last = sorted(dice.sample(places, 2))
    return page[:first] + page[last:]


def bytes_broken(page: str, dice: random.Random) -> str:
    """Some characters are replaced by markup's own, by nothing a reader sees, or by letters."""
    letters = list(page)
    for _ in range(dice.randrange(1, 30)):
        place = dice.randrange(len(letters))
        if not letters[place].isdigit():
            letters[place] = dice.choice(["<", ">", "&", "\x00", '"', "\ufffd", "é", "</p>", "<b>", "&#x;"])
    return "".join(letters)


def mutated_page(row: Row, generation: str, dice: random.Random) -> tuple[str, list[str]]:
    """One damaged page of `row`, and the names of what was done to it."""
    blocks = blocks_of(row, generation)
    done = []
    for mutation in dice.sample(MUTATIONS, dice.choice([0, 1, 1, 1, 2, 3])):
        blocks = mutation(blocks, dice)
        done.append(mutation.__name__)
    page = render(blocks) if dice.random() < 0.5 else render_at_random(blocks, dice)
    if not done or dice.random() < 0.3:
        breakage = dice.choice([page_cut_short, middle_cut_out, bytes_broken])
        page = breakage(page, dice)
        done.append(breakage.__name__)
    return page, done
