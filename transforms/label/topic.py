"""Which topic an article is about: the feed's word, the section, then the words of the text.

Evidence in order: (1) the topic that the user gave the feed; (2) a section name that decides
(`sections.py`); (3) the words: a linear model over hashed words plus lexicon terms, lifted by ambiguous
section names; (4) `unknown` when the words say too little.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from warta.schemas.topic import QCODES, UNKNOWN
from warta.transforms.label.model import Verdict
from warta.transforms.label.sections import SectionEvidence, SectionMap, load_sections
from warta.transforms.label.words import LEXICONS, TOPICS, Lexicon, Words, load_lexicon, read_words, slots_of

Floats = npt.NDArray[np.float64]

MODEL = LEXICONS / "words.npz"
LEXICON_NATS = 6.0
"""Nats that the whole of the lexicon evidence is worth. Each site left out: 8 loses .003 of accuracy, 3 loses
.03 of macro-F1 (topics that few sites label)."""
LEXICON_ALONE_NATS = 8.0
"""The same where the model of hashed words cannot read, in a language it was not trained on. A judgement: two
strong words of one topic in the body make it answer, .93 of the answers on English pages are right."""
WORD_LANGUAGES = frozenset({"", "und", "id", "ms", "jv", "su"})
"""Languages whose words the model may weigh: Indonesian, which it was trained on, and its relatives. In
English it heard films in "the" and "to": of 127 pages 66 had the right topic, 91 by the lexicon alone."""
LEXICON_CALM = 4.0
"""Points that count as silence, so that one weak word moves little."""
HINT_NATS = 1.0
"""Nats that an ambiguous section name ("lifestyle", "nasional") adds to each topic it hints at."""
SECTION_SCORE = 0.96
"""Score of a section that decides. A judgement: the measured agreement (.998) is with labels that come from
sections themselves, so it flatters."""
SECTION_DISSENT = 0.7
"""Score when the words, sure of themselves, say another topic; the section still decides. A judgement."""
SURE = 0.9
UNKNOWN_BELOW = 0.25
"""Least probability of an answer, set by coverage: by words alone, each site left out, it answers .996 of the
articles, and those it does not would be right in .30. At .3 it answers .989, at .5 .916 (right in .88)."""
NOTHING_READ = (np.empty(0, np.int64), np.empty(0))
MIN_WORDS = 4
"""Distinct words; fewer say nothing."""
WHY_WORDS = 4


@dataclass(frozen=True, slots=True)
class WordModel:
    """Weights of hashed words; build with `load_words`."""

    weights: npt.NDArray[np.float32]
    """[slots, topics], inverse document frequency folded in."""
    frequency: npt.NDArray[np.float32]
    """Inverse document frequency by slot, for the length of a text."""
    bias: Floats
    temper: float
    """What log odds are multiplied with so that they keep their word on sites not trained on."""
    trust: tuple[float, float] = (1.0, 0.0)
    """Slope and shift, in log odds, from the share of the best topic to how often it was right."""

    def score(self, share: float) -> float:
        """Return how often an answer with this share of the probability is right."""
        odds = np.log(share / max(1e-9, 1.0 - share))
        return float(1.0 / (1.0 + np.exp(-(self.trust[0] * odds + self.trust[1]))))

    def read(self, words: Words) -> tuple[npt.NDArray[np.int64], Floats]:
        """Return slots of the distinct words, and their values before inverse document frequency."""
        slots = slots_of(words.weights)
        values = np.fromiter(words.weights.values(), dtype=np.float64, count=len(slots))
        length = float(np.sqrt(((values * self.frequency[slots]) ** 2).sum()))
        return slots, values / length if length else values


@dataclass(frozen=True, slots=True)
class TopicIdentifier:
    """Map, model and lexicons; build with `load_topic`."""

    sections: SectionMap
    model: WordModel
    lexicon: Lexicon

    def identify(
        self,
        title: str,
        text: str,
        *,
        url: str = "",
        feed_topic: str = "",
        section: str = "",
        categories: Sequence[str] = (),
        language: str = "",
        explain: bool = True,
    ) -> Verdict:
        """Return the topic of an article with its score, source and reasons; `unknown` is an answer too.

        `language` is a two-letter code, `und` or nothing: outside `WORD_LANGUAGES` only the lexicons speak.
        """
        if feed_topic in QCODES and feed_topic != UNKNOWN:
            return Verdict(feed_topic, 1.0, "feed", (f"feed topic {feed_topic}",))
        evidence = self.sections.read(url=url, section=section, categories=categories)
        said = self.read_text(title, text, evidence, language, explain)
        if not evidence.topic:
            return said
        dissent = said.value not in (UNKNOWN, evidence.topic) and said.score >= SURE
        why = (f"{evidence.source} {evidence.name}", *(said.why if said.value == evidence.topic else ()))
        return Verdict(
            evidence.topic, SECTION_DISSENT if dissent else SECTION_SCORE, "section", why[: WHY_WORDS + 1]
        )

    def read_text(
        self,
        title: str,
        text: str,
        evidence: SectionEvidence | None = None,
        language: str = "",
        explain: bool = True,
    ) -> Verdict:
        """Return what the words say, lifted by the hints of `evidence`."""
        words = read_words(title, text)
        if len(words.weights) < MIN_WORDS:
            return Verdict(UNKNOWN, 0.0, "none", ("too few words",))
        met = self.lexicon.met(words)
        points, found = self.lexicon.evidence(met)
        slots, values = self.model.read(words) if language in WORD_LANGUAGES else NOTHING_READ
        if len(slots):
            said = values @ self.model.weights[slots] + self.model.bias + lexicon_nats(points)
        else:
            said = lexicon_nats(points, LEXICON_ALONE_NATS)
        scores = self.model.temper * said
        for topic in evidence.hints if evidence else ():
            scores[TOPICS.index(topic)] += HINT_NATS
        best = int(scores.argmax())
        share = float(1.0 / np.exp(scores - scores[best]).sum())
        terms = {term: met[term] for term in found.get(best, ())}
        why = self._why(words, slots, values, best, terms) if explain else ()
        if share < UNKNOWN_BELOW:
            return Verdict(
                UNKNOWN, self.model.score(share), "none", (f"unsure, at best {TOPICS[best]}", *why)
            )
        return Verdict(TOPICS[best], self.model.score(share), "text", why)

    def _why(
        self,
        words: Words,
        slots: npt.NDArray[np.int64],
        values: Floats,
        best: int,
        terms: dict[str, float],
    ) -> tuple[str, ...]:
        """Return the words that spoke loudest for the column `best`, lexicon terms among them."""
        gains = values * self.model.weights[slots, best]
        spelled = list(words.weights)
        loud = [spelled[i] for i in np.argsort(-gains, kind="stable")[:WHY_WORDS] if gains[i] > 0]
        ranked = sorted(terms, key=lambda term: (-terms[term], term))[: WHY_WORDS // 2]
        return tuple(dict.fromkeys((*ranked, *loud)))[:WHY_WORDS]


def lexicon_nats(points: Sequence[float], worth: float = LEXICON_NATS) -> Floats:
    """Return the nats that lexicon points are worth: each topic's share, calmed when there are few."""
    array = np.asarray(points)
    return np.asarray(worth * array / (array.sum() + LEXICON_CALM))


def load_words(path: Path = MODEL) -> WordModel:
    """Read the model file. Raises `ValueError` when it was built for other topics."""
    with np.load(path) as stored:
        if tuple(stored["topics"].tolist()) != TOPICS:
            raise ValueError(f"{path.name} was built for other topics; run python -m tests.train.topic")
        weights = stored["weights"].astype(np.float32) * stored["scale"].astype(np.float32)
        frequency = stored["frequency"].astype(np.float32) * np.float32(stored["frequency_scale"])
        bias = stored["bias"].astype(np.float64)
        slope, shift = stored["trust"].tolist()
        return WordModel(
            weights * frequency[:, None], frequency, bias, float(stored["temper"]), (slope, shift)
        )


def load_topic() -> TopicIdentifier:
    """Load section map, model and lexicons."""
    return TopicIdentifier(load_sections(), load_words(), load_lexicon())
