"""Which topic an article is about: the feed's word, the section, then the words of the text."""

from collections.abc import Sequence
from dataclasses import dataclass

from warta.schemas.topic import QCODES, UNKNOWN
from warta.transforms.label.model import Verdict


@dataclass(frozen=True, slots=True)
class TopicIdentifier:
    """Build with `load_topic`."""

    def identify(
        self,
        title: str,
        text: str,
        *,
        url: str = "",
        feed_topic: str = "",
        section: str = "",
        categories: Sequence[str] = (),
    ) -> Verdict:
        """Return the topic of an article, or `unknown`."""
        if feed_topic in QCODES and feed_topic != UNKNOWN:
            return Verdict(feed_topic, 1.0, "feed", (f"feed topic {feed_topic}",))
        return Verdict(UNKNOWN, 0.0, "none")


def load_topic() -> TopicIdentifier:
    """Load section map, model and lexicons."""
    return TopicIdentifier()
