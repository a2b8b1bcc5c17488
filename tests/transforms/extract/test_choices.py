"""Remembered choices: the same elements as trafilatura's own expressions, for every name they look for."""

import re

import pytest
from lxml import etree, html
from trafilatura import xpaths

from warta.transforms.extract.choices import MAX_REMEMBERED, Choice, remember_choices
from warta.transforms.extract.tree import parse_tree

LISTS = ("RAW_TREE_PRUNE_XPATH", "REMOVE_COMMENTS_AND_LISTS_XPATH", "OVERALL_DISCARD_XPATH", "BODY_XPATH")
WORDS = re.compile(r"[A-Za-z][A-Za-z -]{2,}")


def expressions() -> list[etree.XPath]:
    """Return trafilatura's expressions, from below the choices that stand for them by now."""
    found = [one for name in LISTS for one in getattr(xpaths, name)]
    return [getattr(one, "expression", one) for one in found]


def is_choice(expression: etree.XPath) -> bool:
    """Tell whether an expression can be a choice; the others have to say so."""
    try:
        return Choice(expression) is not None
    except ValueError:
        return False


def page_of_every_name() -> html.HtmlElement:
    """Build a page whose elements carry each word of each expression, alone and inside a longer name."""
    words = sorted({word.strip() for one in expressions() for word in WORDS.findall(one.path)})
    parts = []
    for number, word in enumerate(words):
        tag = ("div", "section", "p", "span", "ul", "article", "main", "details")[number % 8]
        parts += [
            f'<{tag} class="{word}">a</{tag}>',
            f'<{tag} id="{word}">b</{tag}>',
            f'<{tag} class="x-{word}-y">c</{tag}>',
            f'<{tag} id="{word}" class="plain">d</{tag}>',
            f'<{tag} class="plain" id="{word}"><h1>e</h1></{tag}>',
            f'<{tag} role="{word}" style="{word}" data-component="{word}" aria-hidden="true">f</{tag}>',
        ]
    return parse_tree("<html><body>" + "\n".join(parts) + "</body></html>")


@pytest.mark.parametrize(
    "expression",
    [one for one in expressions() if is_choice(one)],
    ids=lambda one: " ".join(one.path.split())[:60],
)
def test_the_same_elements_are_chosen_the_first_time_and_when_remembered(expression: etree.XPath) -> None:
    tree = page_of_every_name()
    every, first = Choice(expression), Choice(expression, first=True)
    wanted = expression(tree)
    if "[1]" not in expression.path:  # where it counts, callers look at the first alone
        assert every(tree) == wanted == every(tree)
    assert first(tree) == wanted[:1] == first(tree)


def test_the_article_behind_an_unusual_tag_or_a_control_character_is_still_asked_about() -> None:
    tree = parse_tree(
        "<html><body><o:p class='comments-title'>a</o:p><p class='hide-&#1;print'>b</p></body></html>"
    )
    for expression in expressions():
        if "comments-title" in expression.path:
            assert Choice(expression)(tree) == expression(tree)


def test_an_expression_that_looks_elsewhere_is_refused() -> None:
    with pytest.raises(ValueError, match="looks at"):
        Choice(etree.XPath(".//*[self::div][ancestor::main or @class='a']"))


def test_what_is_remembered_stays_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warta.transforms.extract.choices.MAX_REMEMBERED", 10)
    choice = Choice(etree.XPath(".//*[self::div][contains(@class, 'a')]"))
    tree = parse_tree(
        "<html><body>" + "".join(f"<div class='a{n}'></div>" for n in range(50)) + "</body></html>"
    )
    small = parse_tree("<html><body><div class='a'></div><div class='b'></div></body></html>")
    assert [len(choice(one)) for one in (tree, small, tree, small)] == [50, 1, 50, 1]
    assert choice.remembered <= 10 < MAX_REMEMBERED


def test_trafilatura_asks_the_choices() -> None:
    remember_choices()
    replaced = {name: [isinstance(one, Choice) for one in getattr(xpaths, name)] for name in LISTS}
    assert all(any(ones) for ones in replaced.values()), replaced
