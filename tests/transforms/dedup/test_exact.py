import pytest

from warta.transforms.dedup.exact import content_hash, content_hashes


@pytest.mark.parametrize(
    "other",
    [
        pytest.param("Harga beras naik.\n\nWarga cemas.", id="paragraphs"),
        pytest.param("HARGA BERAS NAIK. WARGA CEMAS.", id="case"),
        pytest.param("Harga  beras naik –  warga cemas!", id="punctuation"),
        pytest.param("Harga beras naik. Warga ｃemas.", id="full width"),
    ],
)
def test_what_a_reprint_may_change_keeps_the_hash(other: str) -> None:
    assert content_hash(other) == content_hash("Harga beras naik. Warga cemas.")


def test_one_other_word_changes_the_hash() -> None:
    assert content_hash("harga beras naik") != content_hash("harga beras turun")


@pytest.mark.parametrize("text", ["", "  \n\n", "... –"])
def test_a_text_without_words_has_no_hash(text: str) -> None:
    assert content_hash(text) == ""


def test_the_hash_is_the_same_on_every_machine() -> None:
    assert content_hash("Harga beras naik") == "67307de51abda28dd1e5113ebafd7ccf"


def test_texts_together_have_the_hashes_of_each_alone() -> None:
    texts = ["Harga beras naik.", "", "ﬁlm «Öl»", "x" * 70_000, "𝒜 b", "...", "naik"]
    assert content_hashes(texts) == [content_hash(text) for text in texts]
