"""One line of a body, with what is known of it alone: every rule of every pass comes back to it."""

import re
from functools import cached_property

from warta.transforms.clean.lexicon import Lexicon
from warta.transforms.dates import parse_instant
from warta.transforms.text import fold

HEADING = "heading"
PARAGRAPH = "paragraph"
ITEM = "item"

PROSE_CHARS = 120
"""A line this long that ends like a sentence is prose and ends what a boilerplate heading covers."""
SENTENCE_CHARS = 60
"""A shorter line with a full stop may be a headline that ends in "Inc."."""
INSTANT_CHARS = 60
"""A longer line with a date in it is a sentence."""
INSTANT_WORDS = 9

_FULL_STOP = re.compile(r"""[.…。][)\]"'”’»]*$""")
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"\w")
_SENTENCE_END = re.compile(r"""[.!?…。！？:][)\]"'”’»“]*$""")
INITIALS = r"[A-Za-z][\w.-]{0,11}(?:\s?[/|,&]\s?[A-Za-z][\w. -]{0,15}){0,4}"
_SIGNATURE_LINE = re.compile(rf"""^\W*[(\[]\s*(?:\*|{INITIALS})\s*[)\]]\W*$""")


class Line:
    """A line and the verdicts on it. It never changes: what is left of a shortened line is another one."""

    def __init__(self, text: str, kind: str, lexicon: Lexicon) -> None:
        self.text = text
        self.kind = kind
        self.folded = fold(text)
        self.match = lexicon.match(text, self.folded)
        self.heading = lexicon.is_heading(text, self.folded)
        self.is_sentence = is_sentence(text)
        self.has_words = _WORD.search(text) is not None

    @cached_property
    def label(self) -> tuple[str, str]:
        """The rule by which the line is a label whatever stands around it, and the evidence."""
        if self.kind != HEADING and _is_instant(self.text):
            return "label:instant", "a date or clock time"
        if _SIGNATURE_LINE.match(self.text):
            return "byline:initials", ""
        return "", ""


def is_prose(text: str) -> bool:
    """Tell whether a line is running text: long, and ended like a sentence."""
    return len(text) >= PROSE_CHARS and (bool(_SENTENCE_END.search(text)) or len(text) >= 2 * PROSE_CHARS)


def is_sentence(text: str) -> bool:
    """Tell a sentence of an article from a headline below a boilerplate heading."""
    return is_prose(text) or (len(text) >= SENTENCE_CHARS and bool(_FULL_STOP.search(text)))


def _is_instant(text: str) -> bool:
    if len(text) > INSTANT_CHARS or len(text.split()) > INSTANT_WORDS or not _DIGIT.search(text):
        return False
    if "(" in text or "@" in text or text.startswith(("—", "–")):  # the signature of a quoted post
        return False
    return not _SENTENCE_END.search(text) and parse_instant(text) is not None
