"""The statistics page of one council as text pieces in each generation, and those pieces in any markup."""

import html
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from tests.standin.figures import Row


@dataclass(frozen=True)
class Piece:
    """One piece of the page's text: what it is (title, heading, text, link, label, number) and its words. A
    glued piece follows the one before without any white space, as some published pages have it."""

    kind: str
    words: str
    glued: bool = False


Block = list[Piece]


def thousands(figure: str) -> str:
    return f"{int(figure):,}"


def long_date(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day.day} {day:%B %Y}"


def _average(row: Row, measure: str) -> str:
    figure = row.get(measure)
    return f"This compares to an average of {figure + '%' if figure else 'n/a'} in similar authorities."


def _plural(figure: str, word: str) -> str:
    return f"{figure} {word}" if figure == "1" else f"{thousands(figure)} {word}s"


def _base(row: Row, figure: str, label: str) -> Piece:
    period = f"{long_date(row['period_start'])} to {long_date(row['period_end'])}"
    return Piece(
        "text",
        f"Statistics are based on a total of {thousands(figure)} {label} for the period between {period}",
        glued=True,
    )


def _per_head(row: Row, stray: str = "") -> Block:
    block: Block = []
    if row.get("upheld_per_100k"):
        block.append(Piece("text", f"Adjusted for {row['council_name']}'s population, this is", glued=True))
        block.append(Piece("text", f"{row['upheld_per_100k']}{stray} upheld decisions per 100,000 residents."))
    if row.get("upheld_per_100k_similar"):
        block.append(Piece("text", "The average for authorities of this type is", glued=True))
        block.append(Piece("text", f"{row['upheld_per_100k_similar']} upheld decisions per 100,000 residents."))
    return block


def _compliance(row: Row, base: bool) -> Block:
    block = [Piece("heading", "Compliance with Ombudsman recommendations")]
    if not row.get("compliance_rate_pct"):
        return [*block, Piece("text", "No recommendations were due for compliance in this period")]
    rate = row["compliance_rate_pct"]
    block += [
        Piece("label", f"{rate}% of cases were successfully implemented by {row['council_name']}"),
        Piece(
            "text",
            f"{rate}% of cases we were satisfied the Council had successfully implemented our recommendations.",
        ),
        Piece("text", _average(row, "compliance_rate_similar_pct")),
    ]
    if base:
        block.append(_base(row, row["compliance_outcomes"], "compliance outcomes"))
    return block


def _remedies(row: Row, base: str | None) -> Block:
    block = [Piece("heading", "Satisfactory remedies provided by the Council")]
    if not row.get("satisfactory_remedy_rate_pct"):
        return [*block, Piece("text", "The Ombudsman did not uphold any complaints in this period")]
    rate = row["satisfactory_remedy_rate_pct"]
    block += [
        Piece("label", f"{rate}% Complaints with satisfactory remedy provided by {row['council_name']}"),
        Piece(
            "text",
            f"In {rate}% of upheld cases we found the Council had provided a satisfactory remedy before the "
            "complaint reached the Ombudsman.",
        ),
        Piece("text", _average(row, "satisfactory_remedy_rate_similar_pct")),
    ]
    if not row["satisfactory_remedies"]:
        return block
    block.append(Piece("text", _plural(row["satisfactory_remedies"], "satisfactory remedy decision")))
    if base:
        block.append(_base(row, row["satisfactory_remedy_upheld_base"], base))
    return [*block, Piece("link", "View all satisfactory remedy decisions")]


def _annual_statistics(row: Row, detailed: bool) -> list[Block]:
    """The blocks of generations G2 (`detailed`) and G2b."""
    upheld = [
        Piece("heading", "Complaints upheld"),
        Piece("label", f"{row['uphold_rate_pct']}% Complaints upheld by {row['council_name']}"),
        Piece("text", f"{row['uphold_rate_pct']}% of complaints we investigated were upheld."),
        Piece("text", _average(row, "uphold_rate_similar_pct")),
        Piece("text", _plural(row["upheld"], "upheld decision")),
        Piece("link", "View upheld decisions"),
        *_per_head(row),
        _base(row, row["investigated"], "detailed investigations" if detailed else "investigations"),
    ]
    return [
        [Piece("heading", "Annual statistics"), Piece("link", "?Find out more about annual statistics")],
        upheld,
        _compliance(row, base=True),
        _remedies(row, "detailed investigations" if detailed else "upheld decisions"),
    ]


def _complaint_overview(row: Row, stray: str) -> list[Block]:
    """The blocks of generation G3, as far as the copy goes."""
    overview = [
        Piece("heading", "Complaint overview"),
        Piece(
            "text",
            f"Between {long_date(row['period_start'])} to {long_date(row['period_end'])}, we dealt with "
            f"{thousands(row['dealt_with'])} complaints. Of these, {thousands(row['not_for_us'])} were not for us "
            f"or not ready for us to investigate. We assessed and closed {thousands(row['assessed_and_closed'])} "
            f"complaints. We investigated {thousands(row['investigated'])} complaints.",
        ),
        Piece("heading", "More about this data"),
        Piece("text", "Complaints dealt with – everything that reached us and was considered."),
        Piece("text", "Not for us – it came too early or belongs to another Ombudsman."),
        Piece("text", "Complaints upheld – fault was found, or a suitable remedy came early on."),
        Piece("text", "Satisfactory remedies provided by the Council – we agreed with what was offered."),
        Piece("text", "Compliance with Ombudsman recommendations – a compliance rate below 100% is rare."),
        *[Piece("label", words) for words in ("Complaints dealt with", "Not for us", "Assessed and closed")],
        Piece("label", "Investigated"),
    ]
    blocks = [overview]
    if row.get("uphold_rate_pct"):
        blocks.append(
            [
                Piece("heading", "Complaints upheld"),
                Piece(
                    "text",
                    f"We investigated {thousands(row['investigated'])} complaints and upheld "
                    f"{thousands(row['upheld'])}.",
                ),
                Piece("text", f"{row['uphold_rate_pct']}% of complaints we investigated were upheld."),
                Piece("text", _average(row, "uphold_rate_similar_pct")),
                Piece("link", "View upheld decisions"),
                *_per_head(row, stray),
            ]
        )
    if row["truncated"] == "0" and row["investigated"] == "0":
        none = "The Ombudsman carried out no investigations in this period"
        blocks += [
            [Piece("heading", "Complaints upheld"), Piece("text", none)],
            _remedies(row, None),
            _compliance(row, base=False),
        ]
    elif row["truncated"] == "0":
        blocks += [
            _compliance(row, base=bool(row.get("compliance_outcomes"))),
            _remedies(row, "upheld decisions"),
        ]
    return blocks


def statistics_blocks(row: Row, generation: str, stray: str = "") -> list[Block]:
    """The statistics blocks of one page. `stray` is put after the rate per head: early G3 copies have a %
    there."""
    if generation == "G3":
        return _complaint_overview(row, stray)
    return _annual_statistics(row, detailed=generation == "G2")


def head_block(row: Row, generation: str, merged: bool = False) -> Block:
    """What stands above the statistics."""
    advice = [
        Piece("heading", "Advice on comparing statistics across years"),
        Piece("text", "In 2022-23 we changed how we investigate; compare a rate with the average of its year."),
        Piece("text", "In 2020-21 we received and decided fewer complaints because of Covid-19."),
    ]
    merger = [
        Piece("text", f"{row['council_name']} is a merger of several councils; their history stands under:"),
        Piece("link", "Illustrative Borough Council"),
    ]
    return [
        *(advice if generation == "G3" else []),
        Piece("title", row["council_name"]),
        *(merger if merged else []),
    ]


def foot_block(row: Row) -> Block:
    """What stands below the statistics: letters, reports and improvements, with figures of their own."""
    return [
        Piece("heading", "Annual letters"),
        Piece("text", "We write to councils each year with their statistics."),
        Piece("heading", "Reports"),
        Piece("text", f"In the last nine years, the Ombudsman has published the following reports against "
              f"{row['council_name']}"),
        Piece("text", "No reports published"),
        Piece("heading", "Service improvements"),
        Piece("text", "Case reference: 22 000 000"),
        Piece("text", "Category: Adult care services"),
        Piece("text", "Last updated: 4 April 2015"),
    ]  # fmt: skip


def blocks_of(row: Row, generation: str, *, stray: str = "", merged: bool = False) -> list[Block]:
    """Every block of the page of `row`. A copy that was cut short has no foot."""
    foot = [] if row["truncated"] == "1" else [foot_block(row)]
    return [head_block(row, generation, merged), *statistics_blocks(row, generation, stray), *foot]


def empty_page_blocks(name: str) -> list[Block]:
    """The oldest generation: a banner about Covid-19 and headings, with the statistics block empty."""
    row = {"council_name": name}
    return [
        [Piece("heading", "Impact of COVID-19 on statistics"),
         Piece("text", "We received fewer complaints in the 20-21 year. Please consider this when comparing.")],
        [Piece("title", name), Piece("heading", "Annual statistics"),
         Piece("link", "?Find out more about annual statistics")],
        [Piece("heading", "Annual letters"), Piece("link", "Annual letter archive")],
        foot_block(row)[2:],
    ]  # fmt: skip


# ---------------------------------------------------------------------------------------------------------
# Markup. Each style is another way of writing the same text; none of them is known to be the real one.

Style = Callable[[Piece], str]


def _plain(piece: Piece) -> str:
    tag = {"title": "h1", "heading": "h3", "label": "span", "link": "a"}.get(piece.kind, "p")
    return f"<{tag}>{html.escape(piece.words)}</{tag}>"


def _list(piece: Piece) -> str:
    tag = {"title": "h1", "heading": "h2"}.get(piece.kind, "li")
    return f"<{tag}><div class='s'><b>{html.escape(piece.words)}</b></div></{tag}>"


def _table(piece: Piece) -> str:
    if piece.kind == "title":
        return f"<h1>{html.escape(piece.words)}</h1>"
    cells = "".join(f"<td>{html.escape(word)}</td>" for word in piece.words.split(" "))
    return f"<table><tr>{cells}</tr></table>"


def _charts(piece: Piece) -> str:
    if piece.kind == "label":
        return f"<svg><title>chart</title><text x='1'>{html.escape(piece.words)}</text></svg>"
    return _plain(piece).replace(" ", "&nbsp;", 2)


STYLES: dict[str, Style] = {"plain": _plain, "list": _list, "table": _table, "charts": _charts}


def render(blocks: list[Block], style: str = "plain", title: str = "Statistics") -> str:
    """The page as HTML in one of STYLES, with scripts and styles around it as real pages have."""
    write = STYLES[style]
    body = "\n".join(
        f"<section>{''.join(('' if piece.glued else ' ') + write(piece) for piece in block)}</section>"
        for block in blocks
    )
    return (
        f"<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'><title>{html.escape(title)}</title>"
        "<style>.s{width:97%}</style><script>var chart = {upheld: 999, rate: '12% of complaints'};</script></head>"
        f"<body><!-- 11% of complaints we investigated were upheld. --><nav><a href='/'>Home</a></nav>{body}"
        "<script>render(1, 2, 3);</script></body></html>"
    )


_SPACES = [" ", "  ", "\n", "\t ", "\u00a0", "&nbsp;", "\u2009", "\u202f", "\u3000", "&#160;", "\r\n    "]
_INLINE = ["span", "b", "em", "strong", "a", "i", "font", "small", "custom-element", "abbr"]
_APART = ["p", "div", "li", "td", "section", "h2", "h4", "dd", "blockquote", "article", "figcaption"]
_NOISE = [
    "<script>document.write('55% of complaints we investigated were upheld.');</script>",
    "<style>p:after{content:'44% of complaints'}</style>",
    "<!-- We investigated 9 complaints and upheld 9. -->",
    "<template><p>33% of complaints we investigated were upheld.</p></template>",
    "<noscript>22 upheld decisions</noscript>",
    "<br>",
    "<hr/>",
    "",
    "",
]


def _word(word: str, dice: random.Random) -> str:
    written = "".join(f"&#{ord(letter)};" if dice.random() < 0.03 else html.escape(letter) for letter in word)
    if dice.random() < 0.2:
        tag = dice.choice(_INLINE)
        written = f"<{tag} class='c{dice.randrange(9)}'>{written}</{tag}>"
    return written


def render_at_random(blocks: list[Block], dice: random.Random) -> str:
    """The page in markup drawn at random: every piece in tags of its own, words in others, entities, odd
    spaces, and things between them that a reader never sees. The visible words stay the same."""
    body = []
    for block in blocks:
        for piece in block:
            words = [_word(word, dice) for word in piece.words.split(" ")]
            text = words[0] + "".join(dice.choice(_SPACES) + word for word in words[1:])
            tags = dice.choices(_APART, k=dice.randrange(1, 4))
            if piece.kind == "title":
                tags = ["h1"]
            opened, closed = (
                "".join(f"<{tag}>" for tag in tags),
                "".join(f"</{tag}>" for tag in reversed(tags)),
            )
            if "td" in tags:
                opened, closed = (f"<table><tr><td>{dice.choice(_NOISE[:5])}", "</td></tr></table>")
            body.append(f"{dice.choice(_NOISE)}{opened}{text}{closed}")
        body.append(dice.choice(_SPACES))
    return f"<html><body>{''.join(body)}</body></html>"
