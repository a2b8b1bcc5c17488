"""Joining the pages of one article."""

from warta.pipelines.reading.page import Reading
from warta.pipelines.reading.worker import joined
from warta.transforms.extract.model import Metadata


def test_credits_on_the_last_page_are_the_articles() -> None:
    first = Reading(Metadata(title="Banjir", published_source="json_ld"), ("Satu.", "Dua."))
    last = Reading(Metadata(title="Banjir - 2", authors=("Sri",), editors=("Budi",)), ("Dua.", "Tiga."))
    whole = joined([first, last])
    assert whole.paragraphs == ("Satu.", "Dua.", "Tiga.")
    assert (whole.metadata.title, whole.metadata.published_source) == ("Banjir", "json_ld")
    assert (whole.metadata.authors, whole.metadata.editors) == (("Sri",), ("Budi",))


def test_the_first_page_that_names_people_is_believed() -> None:
    pages = [Reading(Metadata(authors=(name,))) for name in ("Sri", "Pembaca")]
    assert joined(pages).metadata.authors == ("Sri",)
