"""The choice among readings of one page."""

from lxml import html

from warta.transforms.extract.body import Block
from warta.transforms.extract.candidates import choose_body, contained, keys, merge
from warta.transforms.outline import Outline

PROSE = [
    f"Kalimat nomor {n} dari berita tentang harga beras, yang naik lagi pekan ini di pasar induk kota."
    for n in range(12)
]


def paragraphs(some: list[str]) -> str:
    return "".join(f"<p>{text}</p>" for text in some)


def page(inner: str) -> Outline:
    return Outline(html.document_fromstring(f"<html><body>{inner}</body></html>"))


def test_our_own_reading_settles_a_plain_page() -> None:
    choice = choose_body(page(f"<article><h1>Judul</h1>{paragraphs(PROSE)}</article>"))
    assert (choice.name, choice.doubtful) == ("own", False)
    assert [block.text for block in choice.blocks] == PROSE


def test_two_readings_that_agree_settle_a_page() -> None:
    table = "<table><tr><th>Kota</th><th>Harga</th></tr><tr><td>Bogor</td><td>12.000</td></tr></table>"
    choice = choose_body(page(f"<article><h1>Judul</h1>{paragraphs(PROSE)}{table}</article>"))
    assert (choice.name, choice.doubtful) == ("default", False)
    assert [block.text for block in choice.blocks if block.kind == "paragraph"] == PROSE
    assert "Bogor | 12.000" in [block.text for block in choice.blocks]


def test_a_body_split_over_containers_of_one_kind_is_read_whole() -> None:
    # trafilatura stops at the first container whose class it knows.
    parts = [f'<div class="article-body">{paragraphs(PROSE[at : at + 4])}</div>' for at in (0, 4, 8)]
    choice = choose_body(page(f"<main><h1>Judul</h1>{'<hr>'.join(parts)}</main>"))
    assert [block.text for block in choice.blocks] == PROSE


def test_json_ld_decides_between_readings_that_differ() -> None:
    parts = [
        f'<div class="article-body">{paragraphs(PROSE[:6])}</div>',
        f"<div>{paragraphs(PROSE[6:])}</div>",
    ]
    choice = choose_body(page("".join(parts)), linked_body=" ".join(PROSE[:6]))
    assert [block.text for block in choice.blocks] == PROSE[:6]
    assert any("articleBody" in line for line in choice.evidence)


def test_an_empty_page_gives_no_blocks_and_says_why() -> None:
    choice = choose_body(page("<div></div>"))
    assert choice.blocks == ()
    assert choice.doubtful
    assert choice.evidence


def test_the_tree_is_not_changed() -> None:
    outline = page(
        f"<article><h1>Judul</h1>{paragraphs(PROSE)}</article><aside>{paragraphs(PROSE[:2])}</aside>"
    )
    before = html.tostring(outline.tree)
    choose_body(outline, title="Judul", descriptions=(PROSE[0],), linked_body=" ".join(PROSE))
    assert html.tostring(outline.tree) == before


def test_contained_is_the_share_in_characters() -> None:
    assert contained(keys([Block("satu dua"), Block("tigaempat")]), keys([Block("Satu, dua!")])) == 7 / 16
    assert contained([], ["satu"]) == 0.0


def test_a_key_is_letters_and_digits_whatever_the_alphabet() -> None:
    assert keys([Block("Rp 1,5 juta_"), Block("„Größe“ – 5 %"), Block("東京、今日。")]) == [
        "rp15juta_",
        "größe5",
        "東京今日",
    ]


def test_merging_keeps_unknown_blocks_only_in_known_kinds_of_containers() -> None:
    more = [Block("a" * 50, shape="x"), Block("b" * 50, shape="x"), Block("c" * 50, shape="y")]
    assert merge([Block("a" * 50)], more) == more[:2]
