"""Drawings as PNG, for documents that take no SVG: with the fonts that the renderer brings and none of the machine's.

So the same drawing gives the same bytes everywhere, and sooner: a font of the machine's is opened anew for every few
characters.
"""

import os
from functools import cache
from pathlib import Path

import vl_convert

FONTS_VARIABLE, FONTS = "FONTCONFIG_FILE", Path(__file__).parent / "static" / "fonts.conf"
EMPTY = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'


@cache
def use_own_fonts() -> None:
    """Have the renderer know its own fonts only. It looks for fonts once a process, when it first draws."""
    before = os.environ.get(FONTS_VARIABLE)
    os.environ[FONTS_VARIABLE] = str(FONTS)
    try:
        vl_convert.svg_to_png(EMPTY)
    finally:
        # programs that are started later are to find the fonts of the machine
        if before is None:
            del os.environ[FONTS_VARIABLE]
        else:
            os.environ[FONTS_VARIABLE] = before


def png(drawn: str, scale: float = 1.5) -> bytes:
    """A drawing as a picture, `scale` times its size on the page."""
    use_own_fonts()
    return vl_convert.svg_to_png(drawn, scale=scale)
