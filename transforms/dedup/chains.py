"""Who is chained to whom by pairs that meet. Pure."""

from collections.abc import Iterable
from typing import Any, TypeVar

Key = TypeVar("Key", bound=Any)


def components(pairs: Iterable[tuple[Key, Key]]) -> dict[Key, Key]:
    """Return, for every key in a pair, the smallest key of those it is chained to.

    >>> components([("b", "c"), ("a", "b"), ("x", "y")])
    {'b': 'a', 'c': 'a', 'a': 'a', 'x': 'x', 'y': 'x'}
    """
    parent: dict[Key, Key] = {}

    def root(key: Key) -> Key:
        while parent.setdefault(key, key) != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for one, other in pairs:
        low, high = sorted((root(one), root(other)))
        parent[high] = low
    return {key: root(key) for key in list(parent)}
