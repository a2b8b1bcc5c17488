"""Sections: which names decide, which only hint, and where they are read."""

from pathlib import Path

import pytest

from warta.transforms.label.sections import SectionMap, load_sections, names_of, url_names


@pytest.fixture(scope="module")
def sections() -> SectionMap:
    return load_sections()


@pytest.mark.parametrize(
    ("url", "topic"),
    [
        ("https://bola.berita.test/read/2024/01/02/judul", "sport"),
        ("https://www.berita.test/ekonomi/read/123/judul-berita", "economy"),
        ("https://www.berita.example.co.id/gaya-hidup/kuliner/judul", "lifestyle"),
        ("https://otomotif.berita.test/read/1/judul", "economy"),
        ("https://news.example/world/2024/story", ""),
        ("https://sport.test/2024/05/judul", ""),
        ("https://www.berita.test/kesehatan", ""),
        ("", ""),
        ("not a url", ""),
    ],
    ids=["host", "path", "co.id", "automotive", "general", "site name", "article name", "empty", "broken"],
)
def test_a_url_names_its_section(sections: SectionMap, url: str, topic: str) -> None:
    assert sections.read(url=url).topic == topic


@pytest.mark.parametrize(
    ("section", "topic"),
    [
        ("Politik", "politics"),
        ("News > Ekonomi & Bisnis", "economy"),
        ("Nasional", ""),
        ("Science", "science_technology"),
    ],
)
def test_a_breadcrumb_names_its_section(sections: SectionMap, section: str, topic: str) -> None:
    assert sections.read(section=section).topic == topic


def test_the_section_is_asked_before_url_and_category(sections: SectionMap) -> None:
    said = sections.read(url="https://bola.berita.test/read/1/x", section="Politik", categories=("Ekonomi",))
    assert (said.topic, said.source, said.name) == ("politics", "section", "politik")


def test_categories_speak_when_nothing_else_does(sections: SectionMap) -> None:
    said = sections.read(
        url="https://www.berita.test/a/b", section="News", categories=("Berita", "Kesehatan")
    )
    assert (said.topic, said.source) == ("health", "category")


def test_names_that_contradict_each_other_decide_nothing(sections: SectionMap) -> None:
    assert sections.read(section="Olahraga > Ekonomi").topic == ""


def test_an_ambiguous_name_hints_only(sections: SectionMap) -> None:
    said = sections.read(url="https://lifestyle.berita.test/read/1/x")
    assert said.topic == ""
    assert {"lifestyle", "health", "entertainment"} <= set(said.hints)


def test_numbers_and_article_names_are_not_sections() -> None:
    assert url_names("https://a.b.test/x/2024/judul") == ["a", "x", "2024"]


def test_separators_split_a_breadcrumb() -> None:
    assert names_of("Home / Teknologi » Gawai, Ponsel") == ["home", "teknologi", "gawai", "ponsel"]


@pytest.mark.parametrize(
    "text",
    [
        '[decides]\npolitiks = ["politik"]\n[hints]\n',
        '[decides]\npolitics = ["x"]\nsport = ["x"]\n[hints]\n',
    ],
    ids=["topic unknown", "name mapped twice"],
)
def test_a_map_with_a_mistake_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "sections.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="unknown topic, or mapped twice"):
        load_sections(path)
