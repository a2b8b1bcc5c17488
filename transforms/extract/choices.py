"""trafilatura's choices of elements by their names, asked once a name.

trafilatura chooses what is the article and what is not by XPath expressions that hold regular expressions
against `id`, `class` and a few other attributes of every element. Each test is a call from libxml2 into
Python; together they took two fifths of its time. The pages of a site, and of all who use its software,
repeat the same names. So an expression that asks for nothing but an element's tag and attributes is asked
about an empty element that has the same, and its answer is remembered. What is chosen stays the same.
"""

import re
from collections.abc import Iterator

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
        self._answers: dict[_Key, bool] = {}

    def __call__(self, tree: html.HtmlElement) -> list[html.HtmlElement]:
        passing = self._passing(tree)
        if self._first or self._looks_below:
            found = next(passing, None)
            if found is None:
                return []
            # What an empty element with such names passes, one with something below it may not.
            return [found] if self._first else self.expression(tree)
        return list(passing)

    @property
    def remembered(self) -> int:
        """How many answers are kept."""
        return len(self._answers)

    def _passing(self, tree: html.HtmlElement) -> Iterator[html.HtmlElement]:
        answers, asked = self._answers, self._asked
        for element in tree.iterdescendants(*self._tags):
            key = (element.tag, tuple([item for item in element.items() if item[0] in asked]))
            answer = answers.get(key)
            if answer is None:
                if len(answers) >= MAX_REMEMBERED:
                    answers.clear()
                answer = answers[key] = self._ask(*key)
            if answer:
                yield element

    def _ask(self, tag: str, attributes: tuple[tuple[str, str], ...]) -> bool:
        parent = etree.Element("div")
        alone = etree.SubElement(parent, tag if self._tags else "div")  # "o:p" cannot be made, only parsed
        for name, value in attributes:  # in the order of the source: of `@id|@class` the first counts
            alone.set(
                name, UNPARSABLE.sub(" ", value)
            )  # a character reference may have brought what cannot be set
        return bool(self.expression(parent))


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
