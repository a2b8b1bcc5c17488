"""trafilatura's choices of elements by their names, asked once a name.

trafilatura chooses what is the article and what is not by XPath expressions that hold regular expressions
against `id`, `class` and a few other attributes of every element. Each test is a call from libxml2 into
Python; together they took two fifths of its time. The pages of a site, and of all who use its software,
repeat the same names. So an expression that asks for nothing but an element's tag and attributes is asked
about an empty element that has the same, and its answer is remembered. What is chosen stays the same.
"""

import re
from collections.abc import Sequence
from itertools import compress, islice

from lxml import etree, html
from trafilatura import xpaths

from warta.transforms.extract.tree import UNPARSABLE

MAX_REMEMBERED = 50_000
"""Answers kept for each expression; all are forgotten when there are more. 675 real pages need 24,000."""
_TAGS = re.compile(r"\(?\.//\*\[((?:self::\w+(?: or )?)+)\]")
_ATTRIBUTE = re.compile(r"@([\w-]+)")
_KNOWN = re.compile(
    r"'[^']*'|\.//\*|self::\w+|@[\w-]+|re:test|contains|starts-with|translate|not|\b(?:or|and)\b|\[1\]|[\[\](),|=\s]"
)

_Key = tuple[str, tuple[tuple[str, str], ...]]


class Choice:
    """One of trafilatura's expressions; called with a tree, it returns the elements that the expression does.

    Args:
      first: its callers look at the first element only, and no other is returned.

    Raises:
      ValueError: the expression asks for more than an element's tag and attributes.
    """

    def __init__(self, expression: etree.XPath, *, first: bool = False) -> None:
        path = " ".join(expression.path.split())
        alone = path.replace("not(.//h1)", "not()")
        unknown = _KNOWN.sub("", alone).strip()
        if unknown:
            raise ValueError(f"looks at {unknown}: {path}")
        self._asked = frozenset(_ATTRIBUTE.findall(path))
        self.expression = expression
        self._first = first
        self._looks_below = alone != path
        tags = _TAGS.match(path)
        self._tags = tuple(tags[1].replace("self::", "").split(" or ")) if tags else ()
        self._answers: dict[int, bool] = {}

    def __call__(self, tree: html.HtmlElement) -> list[html.HtmlElement]:
        below = tree.iterdescendants(*self._tags)
        if self._first:
            return list(islice((element for element in below if self._passes(element)), 1))
        elements = list(below)
        keys = [self._key(element) for element in elements]
        passing = list(compress(elements, self._answers_to(keys)))
        # What an empty element with such names passes, one with something below it may not.
        return self.expression(tree) if passing and self._looks_below else passing

    @property
    def remembered(self) -> int:
        """How many answers are kept."""
        return len(self._answers)

    def _key(self, element: html.HtmlElement) -> _Key:
        asked = self._asked
        return element.tag, tuple([item for item in element.items() if item[0] in asked])

    def _passes(self, element: html.HtmlElement) -> bool:
        return self._answers_to([self._key(element)])[0]

    def _answers_to(self, keys: Sequence[_Key]) -> list[bool]:
        """Return the answers to `keys`; what is not remembered is asked in one go.

        Remembered is a key's hash, not its text: 18 MB less after 2,400 pages. Python seeds its hash at
        random, so that no page can make two keys meet.
        """
        hashes = [hash(key) for key in keys]
        known = self._answers
        unknown = {hash_: key for hash_, key in zip(hashes, keys, strict=True) if hash_ not in known}
        if len(known) + len(unknown) > MAX_REMEMBERED:
            known = self._answers = {}
            unknown = dict(zip(hashes, keys, strict=True))
        if unknown:
            known |= zip(unknown, self._ask(list(unknown.values())), strict=True)
        return [known[hash_] for hash_ in hashes]

    def _ask(self, keys: Sequence[_Key]) -> list[bool]:
        parent = etree.Element("div")
        alone = []
        for tag, attributes in keys:
            # "o:p" cannot be made, only parsed; where any tag will do, it is as good as another.
            element = etree.SubElement(parent, tag if self._tags else "div")
            for name, value in attributes:  # in the order of the source: of `@id|@class` the first counts
                element.set(
                    name, UNPARSABLE.sub(" ", value)
                )  # a character reference brings what cannot be set
            alone.append(element)
        passing = set(self.expression(parent))
        return [element in passing for element in alone]


def remember_choices() -> None:
    """Put a `Choice` in the place of every expression in trafilatura's lists that allows it."""
    for expressions, first in (
        (xpaths.RAW_TREE_PRUNE_XPATH, False),
        (xpaths.REMOVE_COMMENTS_AND_LISTS_XPATH, False),
        (xpaths.OVERALL_DISCARD_XPATH, False),
        (xpaths.BODY_XPATH, True),
    ):
        for at, expression in enumerate(expressions):
            if isinstance(expression, Choice) or "re:test" not in expression.path:
                continue  # without a call into Python it is as fast as a look at what is remembered
            try:
                expressions[at] = Choice(expression, first=first)
            except ValueError:
                continue  # a later release looks further: it is asked as it is
