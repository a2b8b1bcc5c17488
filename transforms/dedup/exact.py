"""Equal texts: one hash of the words, whatever their case, spacing, punctuation or paragraphs."""

import hashlib
from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from warta.transforms.dedup.tokens import Words, blocks

_BLANK = np.uint32(ord(" "))


def content_hash(text: str) -> str:
    """Return 32 hex characters that are equal for reprints to the letter; empty for a text without words.

    >>> content_hash("Jakarta -- Harga  beras NAIK.") == content_hash("jakarta: harga beras naik")
    True
    """
    return content_hashes([text])[0]


def content_hashes(texts: Iterable[str]) -> list[str]:
    """Return the content hash of each text, computed together."""
    return [hash_ for block in blocks(texts) for hash_ in _hashes(block)]


def _hashes(block: Words) -> list[str]:
    """Return a hash per text: of its words with a blank between, in UTF-8."""
    keep = block.is_word.copy()
    keep[1:] |= block.is_word[:-1]  # the character after a word becomes the blank
    points = np.where(block.is_word, block.points, _BLANK)[keep]
    joined = points.tobytes().decode("utf-32-le", "surrogatepass")
    offsets = np.concatenate([[0], np.cumsum(block.ends - block.starts + 1)])
    bounds = offsets[block.first].tolist()
    return [
        hashlib.sha256(joined[start : end - 1].encode("utf-8", "surrogatepass")).hexdigest()[:32]
        if end > start
        else ""
        for start, end in pairwise(bounds)
    ]
