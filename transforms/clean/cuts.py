"""What was cut, added up by rule: all that an article takes along of it."""

from collections.abc import Iterable

from warta.schemas.article import Cuts, Removed


def cuts_of(removed: Iterable[Removed], earlier: Iterable[Cuts] = ()) -> tuple[Cuts, ...]:
    """Return how much each rule cut, with what was cut `earlier`; in order of rules.

    >>> cuts_of([Removed("Baca Juga: x", "inline_link:baca_juga")])
    (Cuts(rule='inline_link:baca_juga', blocks=1, chars=12),)
    """
    sums = {cuts.rule: (cuts.blocks, cuts.chars) for cuts in earlier}
    for one in removed:
        blocks, chars = sums.get(one.rule, (0, 0))
        sums[one.rule] = (blocks + 1, chars + len(one.text))
    return tuple(Cuts(rule, *sums[rule]) for rule in sorted(sums))
