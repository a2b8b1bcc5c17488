"""The newsroom's small mustache."""

from typing import Any

import pytest

from warta.newsroom.template import Template


@pytest.mark.parametrize(
    ("source", "values", "expected"),
    [
        ("Hai {{name}}!", {"name": "Ayu"}, "Hai Ayu!"),
        ("{{name}}", {"name": "<b>&"}, "&lt;b&gt;&amp;"),
        ("{{{name}}}", {"name": "<b>"}, "<b>"),
        ("[{{gone}}]", {}, "[]"),
        ("{{#rows}}{{n}},{{/rows}}", {"rows": [{"n": 1}, {"n": 2}]}, "1,2,"),
        ("{{#rows}}{{item}};{{/rows}}", {"rows": ["a", "b"]}, "a;b;"),
        ("{{#yes}}ya{{/yes}}{{^yes}}tidak{{/yes}}", {"yes": False}, "tidak"),
        ("{{#yes}}ya{{/yes}}{{^yes}}tidak{{/yes}}", {"yes": True}, "ya"),
        ("{{site.name}}", {"site": {"name": "Kabar"}}, "Kabar"),
        ("{{#rows}}{{n}}{{outer}}{{/rows}}", {"rows": [{"n": 1}], "outer": "x"}, "1x"),
    ],
)
def test_a_template_renders_its_values(source: str, values: dict[str, Any], expected: str) -> None:
    assert Template(source).render(values) == expected


@pytest.mark.parametrize("source", ["{{#a}}open", "{{#a}}{{/b}}", "shut{{/a}}"])
def test_sections_that_do_not_close_are_refused(source: str) -> None:
    with pytest.raises(ValueError, match="template"):
        Template(source)
