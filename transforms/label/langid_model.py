"""langid's own model, scored exactly and sparsely.

langid reads a text with an automaton over bytes and multiplies a dense vector of 7,480 counts with its whole
table, most of it zeros times numbers. Its longest feature has four bytes, so the automaton's state after a
byte depends on the last four bytes only: all positions can be stepped at once, and only the states that were
met need adding up. The sums are those of `langid.classify`, in another order of addition.
"""

import base64
import bz2
import pickle
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from warta.transforms.label import langid_cache

Floats = npt.NDArray[np.float64]

LONGEST_FEATURE = 4
"""Bytes. Depth of the automaton of langid 1.1.6: no state lies further than four bytes from the start."""

_NO_BYTES = b""


@dataclass(frozen=True, slots=True)
class LangidModel:
    """The tables of one langid model; build with `load_langid`."""

    languages: tuple[str, ...]
    prior: Floats
    moves: npt.NDArray[np.uint16]
    """Next state by `256 * state + byte`."""
    weights: Floats
    """What one visit of a state adds to each language: [states, languages]."""
    speaks: npt.NDArray[np.bool_]
    """Which states add anything: of the 450 that 800 characters meet, 170."""

    def scores(self, text: str) -> Floats:
        """Return the unnormalised log probability of each language, as `LanguageIdentifier.rank` does."""
        data = text.encode("utf-8", "replace") or _NO_BYTES
        if not data:
            return self.prior.copy()
        counts = np.bincount(self._states(data))
        met = np.flatnonzero((counts > 0) & self.speaks[: len(counts)])
        # einsum, not a dot product: OpenBLAS would wake its threads for a product this small.
        summed: Floats = np.einsum("s,sl->l", counts[met].astype(np.float64), self.weights[met])
        return self.prior + summed

    def _states(self, data: bytes) -> npt.NDArray[np.intp]:
        """Return the automaton's state after each byte of `data`."""
        letters = np.frombuffer(data, dtype=np.uint8).astype(np.intp)
        states = self.moves[letters].astype(np.intp)
        for _ in range(LONGEST_FEATURE - 1):
            states[1:] = self.moves[(states[:-1] << 8) + letters[1:]]
        return states


def load_langid() -> LangidModel:
    """Read the model inside the installed langid, without its global identifier.

    The model is a Python 2 pickle inside the package itself: this trusts what is installed, as langid does.
    """
    from langid.langid import model  # 2.4 MB of base64; imported only where it is needed

    place = langid_cache.cache_path(model)
    kept = langid_cache.recall(place, ("languages", "prior", "moves", "weights"))
    if kept is not None:
        return _of_tables(kept["languages"].tolist(), kept["prior"], kept["moves"], kept["weights"])
    made = _made(model)
    tables = {"languages": np.array(made.languages), "prior": made.prior}
    langid_cache.keep(place, tables | {"moves": made.moves, "weights": made.weights})
    return made


def _made(model: bytes) -> LangidModel:
    ptc, pc, languages, moves, output = read_pickle(bz2.decompress(base64.b64decode(model)))
    prior = np.asarray(pc, dtype=np.float64)
    features = np.asarray(ptc, dtype=np.float64).reshape(-1, len(prior))
    weights = np.zeros((len(moves) // 256, len(prior)))
    pairs = [(state, index) for state, indexes in output.items() for index in indexes]
    states, indexes = np.array(pairs).T
    np.add.at(weights, states, features[indexes])
    return _of_tables(languages, prior, np.asarray(moves, dtype=np.uint16), weights)


def _of_tables(
    languages: Iterable[str], prior: Floats, moves: npt.NDArray[np.uint16], weights: Floats
) -> LangidModel:
    return LangidModel(tuple(map(str, languages)), prior, moves, weights, np.any(weights != 0, axis=1))


def read_pickle(data: bytes) -> tuple[Any, ...]:
    """Unpickle the model, its two long arrays by numpy: three million numbers, in .5 to .8 of the time.

    In protocol 0 an array is `(S'f'`, a list of one number a line, `tR`. Where that is not what is found,
    plain pickle reads all of it.
    """
    arrays = {}
    for code, parsed in (("f", np.float64), ("H", np.int64)):
        opened = re.search(rb"\(S'" + code.encode() + rb"'\n(?:p\d+\n)?\(lp\d+\n", data)
        closed = data.find(b"\natR", opened.end()) if opened else -1
        if opened is None or closed < 0:
            return tuple(pickle.loads(data))
        numbers = data[opened.end() : closed].translate(None, b"aFI")
        arrays[code] = np.fromstring(numbers.decode("ascii"), dtype=parsed, sep="\n").astype(code)
        data = data[: opened.end()] + data[closed + 2 :]
    _, pc, languages, _, output = pickle.loads(data)
    return arrays["f"], pc, languages, arrays["H"], output
