"""The face of this room: one object, built once in a process, that labels articles."""

from collections.abc import Sequence
from dataclasses import dataclass

from warta.schemas.topic import QCODES
from warta.transforms.label.language import LanguageIdentifier, load_language
from warta.transforms.label.model import Labels
from warta.transforms.label.topic import TopicIdentifier, load_topic


@dataclass(frozen=True, slots=True)
class Labeller:
    """Language and topic identifiers with their data; build with `load_labeller`, in worker set-up."""

    languages: LanguageIdentifier
    topics: TopicIdentifier

    def label(
        self,
        title: str,
        text: str,
        *,
        url: str = "",
        declared_language: str = "",
        feed_topic: str = "",
        section: str = "",
        categories: Sequence[str] = (),
        explain: bool = True,
    ) -> Labels:
        """Return language and topic of one article.

        Args:
          title: headline; may be empty.
          text: cleaned body; may be empty.
          url: of the article; its host and path may name a section.
          declared_language: what the feed, the page or the feed list says, as BCP 47 ("id", "id-ID", "in").
          feed_topic: the topic the user gave this feed, one of `schemas.topic.QCODES`; decides when valid.
          section: from breadcrumb or metadata.
          categories: of the feed's item.
          explain: say which words spoke loudest, too.
        """
        language = self.languages.identify(title, text, declared=declared_language)
        topic = self.topics.identify(
            title,
            text,
            url=url,
            feed_topic=feed_topic,
            section=section,
            categories=categories,
            language=language.value,
            explain=explain,
        )
        return Labels(
            language=language.value,
            language_score=round(language.score, 4),
            language_source=language.source,
            topic=topic.value,
            topic_score=round(topic.score, 4),
            topic_source=topic.source,
            topic_qcode=QCODES[topic.value],
            why=(*topic.why, *language.why),
        )


def load_labeller() -> Labeller:
    """Load langid's model and this room's data. Reads only files of installed packages."""
    return Labeller(load_language(), load_topic())
