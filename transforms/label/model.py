"""The nouns of this room: what is said about an article's language and topic, and on what evidence."""

from dataclasses import dataclass

UNDETERMINED = "und"
"""BCP 47 for a language that could not be told."""


@dataclass(frozen=True, slots=True)
class Labels:
    """Language and topic of one article."""

    language: str = UNDETERMINED
    language_score: float = 0.0
    """How probable, 0 to 1."""
    language_source: str = ""
    """text | declared | none."""
    topic: str = "unknown"
    topic_score: float = 0.0
    """How probable, 0 to 1; what the calibration table of `tests.gate.label` measures."""
    topic_source: str = ""
    """feed | section | url | text | none."""
    topic_qcode: str = ""
    why: tuple[str, ...] = ()
    """The section or the words that decided, strongest first, for people to read."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One answer of one kind of evidence."""

    value: str
    score: float
    source: str
    why: tuple[str, ...] = ()
