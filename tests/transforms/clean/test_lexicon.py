"""The lexicon engine, and the files that ship with it."""

from importlib.resources import files

import pytest

from warta.transforms.clean.lexicon import KINDS, Lexicon, load_lexicon, parse_rules

SHIPPED = sorted(
    entry.name
    for entry in (files("warta.transforms.clean") / "lexicons").iterdir()
    if entry.name.endswith(".toml")
)


def rule(**given: object) -> dict[str, object]:
    return {"kind": "inline_link", "name": "test", "source": "test", **given}


@pytest.mark.parametrize("line", ["Terpopuler", "TERPOPULER :", "» terpopuler «", "Terpopuler (12)"])
def test_a_whole_line_matches_without_case_marks_and_counter(line: str) -> None:
    assert Lexicon([rule(kind="heading", lines=["Terpopuler"])]).is_heading(line) is not None


def test_a_line_that_only_holds_the_phrase_is_no_whole_line() -> None:
    lexicon = Lexicon([rule(kind="heading", lines=["Terpopuler"])])
    assert lexicon.is_heading("Lagu terpopuler tahun ini dinyanyikan di Bandung") is None


def test_a_start_matches_only_at_the_end_of_a_word() -> None:
    lexicon = Lexicon([rule(starts=["Baca juga"])])
    assert lexicon.match("Baca juga: Harga cabai naik") is not None
    assert lexicon.match("Baca jugaan bukan kata") is None


def test_a_long_paragraph_that_starts_like_a_pointer_is_prose() -> None:
    lexicon = Lexicon([rule(starts=["Baca juga"])])
    assert lexicon.match("Baca juga " + "kata panjang " * 40) is None


def test_the_longest_start_wins() -> None:
    lexicon = Lexicon([rule(name="short", starts=["Baca"]), rule(name="long", starts=["Baca juga"])])
    match = lexicon.match("Baca juga: x")
    assert match is not None
    assert match.name == "long"


def test_one_line_may_name_author_and_editor() -> None:
    found = load_lexicon().bylines("Penulis : Sari Dewi Editor : Budi Santoso")
    assert [(match.role, match.captured) for match in found] == [
        ("author", "Sari Dewi"),
        ("editor", "Budi Santoso"),
    ]


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ('[[rule]]\nkind = "nonsense"\nname = "x"\nsource = "y"', "kind 'nonsense'"),
        ('[[rule]]\nkind = "ad"\nname = "x"', "needs a name and a source"),
        ('[[rule]]\nkind = "ad"\nname = "x"\nsource = "y"\nbegins = ["a"]', "unknown key begins"),
    ],
    ids=["kind", "source", "key"],
)
def test_a_wrong_rule_is_refused_with_its_file_and_name(broken: str, message: str) -> None:
    with pytest.raises(ValueError, match=message) as refusal:
        parse_rules(broken, "xx.toml")
    assert str(refusal.value).startswith("xx.toml: rule 1")


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_rule_has_kind_name_source_and_something_to_match(name: str) -> None:
    text = (files("warta.transforms.clean") / "lexicons" / name).read_text(encoding="utf-8")
    for one in parse_rules(text, name):
        assert one["kind"] in KINDS
        assert any(one.get(key) for key in ("lines", "starts", "has", "patterns", "agencies"))


@pytest.mark.parametrize("name", SHIPPED)
def test_no_shipped_rule_names_a_web_site(name: str) -> None:
    text = (files("warta.transforms.clean") / "lexicons" / name).read_text(encoding="utf-8")
    for one in parse_rules(text, name):
        for key in ("lines", "starts", "has"):
            phrases = one.get(key, [])
            assert isinstance(phrases, list)
            assert not [phrase for phrase in phrases if ".com" in phrase or ".co.id" in phrase]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Baca Juga: Harga Beras Naik Jelang Akhir Tahun", "inline_link"),
        ("Simak juga video berikut", "inline_link"),
        ("Lesen Sie auch: Der Haushalt steht", "inline_link"),
        ("Lea también: El presupuesto está listo", "inline_link"),
        ("À lire aussi : le budget est prêt", "inline_link"),
        ("Leggi anche: il bilancio è pronto", "inline_link"),
        ("Artikel ini telah tayang di koran kami dengan judul lain", "tail"),
        ("ADVERTISEMENT", "ad"),
        ("Tinggalkan Balasan", "comment"),
        ("Pewarta: Sari Dewi", "byline"),
        ("COPYRIGHT © ANTARA 2016", "tail"),
        ("Halaman: 1 2 3 Semua", "label"),
        ("[Gambas:Video 20detik]", "ad"),
    ],
)
def test_common_furniture_is_known(line: str, kind: str) -> None:
    match = load_lexicon().match(line)
    assert match is not None
    assert match.kind == kind


@pytest.mark.parametrize(
    "line",
    [
        "Presiden membaca juga surat dari warga sebelum rapat dimulai.",
        "Video itu diunggah pada Senin pagi dan ditonton jutaan orang.",
        "The editor of the paper said he would not resign.",
        "Sumber air di desa itu mengering sejak Agustus.",
        "An Alibaba spokesperson declined to comment on the pricing to Reuters.",
        "Foto-foto itu menampilkan helikopter, jet pribadi, dan hotel mewah dengan kolam renang.",
        "Di Jakarta Selatan, banjir merendam tiga kelurahan sejak dini hari.",
        "Di Kebun Raya Bogor",
        "Claudia Ochoa Fã©lix ditemukan tewas di rumahnya.",
    ],
)
def test_sentences_are_not_furniture(line: str) -> None:
    assert load_lexicon().match(line) is None
