"""Equal texts: one hash of the words, whatever their case, spacing, punctuation or paragraphs."""

from warta.transforms.text import digest, fold, words


def content_hash(text: str) -> str:
    """Return 32 hex characters that are equal for reprints to the letter; empty for a text without words.

    >>> content_hash("Jakarta -- Harga  beras NAIK.") == content_hash("jakarta: harga beras naik")
    True
    """
    tokens = words(fold(text))
    return digest(" ".join(tokens)) if tokens else ""
