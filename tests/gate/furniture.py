"""`python -m tests.gate.furniture`: what learnt boilerplate adds over the rules, on what no lexicon knows.

A synthetic world: hosts of different sizes publish pages in an invented language. Each page carries a box
that stands on all pages of its host and one of five promotions in turn, every second page one box more. Some
sentences stand in several articles because they are news (a standing phrase on every twentieth page, a
story told three times): these must stay. A fixed generator writes everything; nothing is random. *Leak* is
the share of pages that hold any box, *left* the share of boxes still there, *loss* of sentences gone.
"""

import sys
from datetime import UTC, datetime
from typing import NamedTuple

from warta.pipelines.reading.page import read_html
from warta.transforms.clean.furniture import HostCounts, Sighting, block_keys, learn, strip_furniture
from warta.transforms.text import join_paragraphs

NOW = datetime(2026, 11, 21, tzinfo=UTC)
HOSTS = {"small.test": 6, "eight.test": 8, "middle.test": 20, "large.test": 60}
"""Host and how many pages it publishes in the run."""

_SYLLABLES = ("ba", "ke", "ri", "mo", "tu", "la", "pi", "so", "ne", "du", "ga", "wi")


class Figures(NamedTuple):
    """Figures of one host's pages."""

    leak: float
    left: float
    loss: float


def sentence(seed: int, words: int = 14) -> str:
    """Return a sentence of an invented language, the same for the same seed."""
    state, made = seed * 2_654_435_761 % 2**32 or 1, []
    for _ in range(words):
        word = ""
        for _ in range(2 + state % 3):
            state = (state * 1_103_515_245 + 12_345) % 2**31
            word += _SYLLABLES[(state >> 8) % len(_SYLLABLES)]
        made.append(word)
    return " ".join(made).capitalize() + "."


def page(host: str, number: int) -> tuple[str, list[str], list[str]]:
    """Return a page, the paragraphs it must keep and the furniture it must lose."""
    base = sum(map(ord, host)) * 100_000
    own = [sentence(base + number * 50 + part) for part in range(6)]
    if number in (2, 3, 4):  # one story, told three times
        own[1:5] = [sentence(base + 90_000 + part) for part in range(4)]
    if number % 20 == 1:  # a standing phrase
        own[4] = sentence(base + 91_000, 8)
    furniture = [sentence(base + 99_000, 9), sentence(base + 99_100 + number % 5, 10)]
    if number % 2:
        furniture.append(sentence(base + 99_200, 12))
    body = [own[0], own[1], furniture[0], *own[2:], *furniture[1:]]
    text = "".join(f"<p>{part}</p>" for part in body)
    html = (
        f"<html><body><article><h1>{sentence(base + number, 5)}</h1><div>{text}</div></article></body></html>"
    )
    return html, own, furniture


def measure(host: str, pages: int) -> tuple[Figures, Figures]:
    """Return the figures of a host's pages by the rules alone, then with learnt furniture."""
    texts, truths = [], []
    for number in range(pages):
        html, own, furniture = page(host, number)
        reading = read_html(html, f"https://{host}/{number}", now=NOW)
        texts.append(join_paragraphs(reading.paragraphs))
        truths.append((own, furniture))
    sightings = [Sighting(f"{at:04}", block_keys(text)) for at, text in enumerate(texts)]
    known, _ = learn(sightings, HostCounts(host), at=NOW)
    stripped = [strip_furniture(text, known)[0] for text in texts]
    return _figures(texts, truths), _figures(stripped, truths)


def main() -> int:
    """Print the figures per host; fail when learning loses text or leaves much of a large host's boxes."""
    print(f"{'':20}{'rules alone':>21}{'with learnt furniture':>24}")
    print(f"{'host (pages)':20}" + f"{'leak':>8}{'left':>8}{'loss':>8}" * 2)
    failed = False
    for host, pages in HOSTS.items():
        before, after = measure(host, pages)
        print(f"{f'{host} ({pages})':20}" + "".join(f"{figure:8.3f}" for figure in (*before, *after)))
        failed |= after.loss > before.loss or (pages >= 20 and after.left > 0.3)
    return int(failed)


def _figures(texts: list[str], truths: list[tuple[list[str], list[str]]]) -> Figures:
    pairs = list(zip(texts, truths, strict=True))
    boxes = [[box in text for box in boxes] for text, (_, boxes) in pairs]
    kept = [part in text for text, (own, _) in pairs for part in own]
    flat = [box for page in boxes for box in page]
    return Figures(sum(map(any, boxes)) / len(boxes), sum(flat) / len(flat), 1 - sum(kept) / len(kept))


if __name__ == "__main__":
    sys.exit(main())
