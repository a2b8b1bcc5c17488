"""Which language a text is in: langid's ranking, the declaration as a prior, a guard for short texts."""

from dataclasses import dataclass

import numpy as np

from warta.transforms.label.langid_model import LangidModel, load_langid
from warta.transforms.label.model import UNDETERMINED, Verdict

DECLARED_NATS = 10.0
"""Log odds that a declaration adds to its language (FACTS section 6)."""
MIN_LETTERS = 12
"""A text with fewer letters says nothing of its own."""
READ_CHARS = 1500
"""Characters of the body that are read."""


@dataclass(frozen=True, slots=True)
class LanguageIdentifier:
    """Build with `load_language`."""

    langid: LangidModel

    def identify(self, title: str, text: str, *, declared: str = "") -> Verdict:
        """Return the language of an article as a two-letter code, or `und`."""
        known = self.langid.languages
        code = declared.strip().lower().replace("_", "-").partition("-")[0]
        code = {"in": "id", "jw": "jv"}.get(code, code)
        joined = f"{title}\n{text[:READ_CHARS]}".strip()
        if sum(letter.isalpha() for letter in joined) < MIN_LETTERS:
            return Verdict(code, 0.5, "declared") if code in known else Verdict(UNDETERMINED, 0.0, "none")
        scores = self.langid.scores(joined)
        if code in known:
            scores[known.index(code)] += DECLARED_NATS
        best = int(scores.argmax())
        share = float(1.0 / np.exp(scores - scores[best]).sum())
        return Verdict(known[best], share, "text")


def load_language() -> LanguageIdentifier:
    """Load langid's model."""
    return LanguageIdentifier(load_langid())
