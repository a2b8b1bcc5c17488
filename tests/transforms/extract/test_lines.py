"""The visible lines, and where they stand."""

from lxml import html

from warta.transforms.extract.lines import MAX_LINE_CHARS, Line, read_lines, text_of
from warta.transforms.outline import Outline


def lines(inner: str) -> list[Line]:
    return read_lines(Outline(html.document_fromstring(f"<html><body>{inner}</body></html>")))


def test_a_line_knows_its_block_and_where_its_first_text_stands() -> None:
    found = lines("<div> <b>Satu</b> dua<br>tiga</div>")
    assert [(line.text, line.block.tag, line.parent.tag) for line in found] == [
        ("Satu dua", "div", "b"),
        ("tiga", "div", "div"),
    ]


def test_links_are_counted_and_anchors_are_not() -> None:
    (line,) = lines("<p>satu <a href='/1'>dua</a> <a name='x'>tiga</a></p>")
    assert (line.text, line.chars, line.link_chars) == ("satu dua tiga", 13, 3)


def test_a_long_line_is_kept_in_part_and_knows_its_length() -> None:
    (line,) = lines(f"<p>{'kata ' * MAX_LINE_CHARS}</p>")
    assert (len(line.text), line.chars) == (MAX_LINE_CHARS, 5 * MAX_LINE_CHARS - 1)


def test_the_text_of_an_element_is_glued_where_styles_part_it() -> None:
    node = html.fragment_fromstring("<div><b>Sri</b><b>Wahyuni</b>\n</div>")
    assert (text_of(node), text_of(node, glue=" ")) == ("SriWahyuni", "Sri Wahyuni")
