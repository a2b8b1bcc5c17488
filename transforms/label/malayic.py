"""Indonesian, Malay, Javanese or Sundanese: a small linear model over letter n-grams.

langid cannot tell Indonesian from Malay in a headline (.63 and .41 right) and knows no Sundanese. This model
adds log odds of its own for those four; the other languages keep what langid says. Its weights are data
(`languages/malayic.npz`, int8; card in `languages/README.md`), rebuilt by `python -m tests.train.language`.
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

LANGUAGES = ("id", "ms", "jv", "su")
BITS = 15
"""Slots of the hash table, as a power of two: 4 x 32 kB."""
LENGTHS = (3, 4, 5, 6)
"""Letters of an n-gram, blanks included: endings, short words, stems."""
MODEL = Path(__file__).parent / "languages" / "malayic.npz"

SHIBBOLETHS = Path(__file__).parent / "languages" / "shibboleths.toml"
SHIBBOLETH_NATS = 6.0
"""What each word of one standard alone costs the other, once a word. The n-grams learn topics along with
spelling (courts sound Malay to them, whose Malay headlines came from one agency); spelling does not depend
on the topic. With 6 the sample newsroom's court report is read as Indonesian, which it was not without, and
no figure of `tests.gate.label` falls. Other values were not tried."""

RELATIVE = {"id": "ms", "ms": "id"}

_WORD = re.compile(r"[a-z]+")
_NOT_LETTERS = re.compile(r"[\W\d_]+")
_BASE, _MULTIPLIER, _SHIFT = np.uint32(263), np.uint32(0x9E3779B1), np.uint32(32 - BITS)


def ngram_slots(text: str) -> Codes:
    """Return the slot of every n-gram of `text`, repeats included; case, digits and marks do not matter."""
    plain = f" {_NOT_LETTERS.sub(' ', text.lower()).strip()} "
    letters = np.frombuffer(plain.encode("utf-8", "replace"), dtype=np.uint8).astype(np.uint32)
    slots = []
    rolling = letters
    for length in range(2, LENGTHS[-1] + 1):
        if len(rolling) < 2:
            break
        rolling = rolling[:-1] * _BASE + letters[length - 1 :]  # wraps at 32 bits, as it should
        if length in LENGTHS:
            slots.append((rolling * _MULTIPLIER + np.uint32(length)) >> _SHIFT)
    return np.concatenate(slots).astype(np.int64) if slots else np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class MalayicModel:
    """Weights by slot and language; build with `load_malayic`."""

    weights: npt.NDArray[np.float32]
    """[languages, slots], in nats: one language's weights lie side by side."""
    bias: Floats
    temper: float
    """What langid's scores are multiplied with before both are added: it counts overlapping n-grams as if
    they were independent, so its nats are too many."""

    shibboleths: tuple[frozenset[str], ...] = ()
    """Words that rule a language out, by place in `LANGUAGES`: those of its nearest relative alone."""

    def scores(self, text: str) -> Floats:
        """Return what to add to tempered langid scores of `LANGUAGES`, in nats."""
        slots = ngram_slots(text)
        scores = np.asarray(self.bias + np.add.reduce(self.weights.take(slots, axis=1), axis=1))
        met = set(_WORD.findall(text.lower()))
        for place, foreign in enumerate(self.shibboleths):
            scores[place] -= SHIBBOLETH_NATS * len(met & foreign)
        return scores


def load_malayic(path: Path = MODEL) -> MalayicModel:
    """Read the model file."""
    with np.load(path) as stored:
        words = tomllib.loads(SHIBBOLETHS.read_text(encoding="utf-8"))
        foreign = tuple(frozenset(words.get(RELATIVE.get(language, ""), ())) for language in LANGUAGES)
        weights = stored["weights"].astype(np.float32) * np.float32(stored["scale"])
        return MalayicModel(
            np.ascontiguousarray(weights.T),
            stored["bias"].astype(np.float64),
            float(stored["temper"]),
            foreign,
        )
