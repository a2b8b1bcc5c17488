"""Language: langid read exactly, Malayic tongues told apart, declarations as a small prior, short texts."""

from dataclasses import replace

import numpy as np
import pytest

from warta.transforms.label.langid_model import LangidModel, load_langid
from warta.transforms.label.language import LanguageIdentifier, load_language, primary_code
from warta.transforms.label.malayic import ngram_slots

INDONESIAN = "Polisi menangkap tersangka pencurian sepeda motor karena korban melapor ke kantor polisi."
MALAY = "Polis menahan suspek kecurian motosikal kerana mangsa membuat laporan di balai polis semalam."
JAVANESE = "Wong-wong padha nonton wayang kulit ing alun-alun amarga dina iki ana pahargyan gedhe banget."
SUNDANESE = "Urang kampung keur ngumpul di imah Pa Lurah pikeun ngabahas jalan anu geus lila teu dibenerkeun."
ENGLISH = "The government said on Monday that it would raise the fuel price by five per cent next month."
TEXTS = (
    INDONESIAN,
    MALAY,
    JAVANESE,
    SUNDANESE,
    ENGLISH,
    "",
    "a",
    "ab",
    "abc",
    "Ünïcödé ναι да 中文 ไทย 🙂",
    "12:30",
)


@pytest.fixture(scope="module")
def identifier() -> LanguageIdentifier:
    return load_language()


@pytest.fixture(scope="module")
def langid_model(identifier: LanguageIdentifier) -> LangidModel:
    return identifier.langid


def test_sparse_scores_are_those_of_langid(langid_model: LangidModel) -> None:
    from langid.langid import LanguageIdentifier as Langid
    from langid.langid import model

    theirs = Langid.from_modelstring(model)
    for text in TEXTS:
        ranked = dict(theirs.rank(text))
        ours = dict(zip(langid_model.languages, langid_model.scores(text).tolist(), strict=True))
        assert ours == pytest.approx(ranked, abs=1e-6), text


def test_langid_keeps_its_global_identifier_untouched() -> None:
    import langid.langid

    before = langid.langid.identifier
    load_langid()
    assert langid.langid.identifier is before


@pytest.mark.parametrize(
    ("text", "language"),
    [(INDONESIAN, "id"), (MALAY, "ms"), (JAVANESE, "jv"), (SUNDANESE, "su"), (ENGLISH, "en")],
    ids=["Indonesian", "Malay", "Javanese", "Sundanese", "English"],
)
def test_a_sentence_is_told_without_declaration(
    identifier: LanguageIdentifier, text: str, language: str
) -> None:
    said = identifier.identify("", text)
    assert (said.value, said.source) == (language, "text")
    assert 0 < said.score <= 1


@pytest.mark.parametrize("declared", ["en", "ms", "de", "zh-Hant", "x-klingon", "not a tag"])
def test_a_wrong_declaration_does_not_overrule_a_clear_text(
    identifier: LanguageIdentifier, declared: str
) -> None:
    assert identifier.identify("", INDONESIAN, declared=declared).value == "id"


def test_a_declaration_lifts_the_score_of_its_language(identifier: LanguageIdentifier) -> None:
    short = "Presiden tiba di Jakarta"
    plain = identifier.identify(short, "", declared="xx")
    assert identifier.identify(short, "", declared=plain.value).score > plain.score


@pytest.mark.parametrize("text", ["", "   \n", "12:30", "RI 2-1", "😀😀😀"])
def test_too_short_a_text_is_undetermined(identifier: LanguageIdentifier, text: str) -> None:
    said = identifier.identify(text, "")
    assert (said.value, said.score, said.source) == ("und", 0.0, "none")


@pytest.mark.parametrize("text", ["aaaaaaaaaaaaaaaaaaaaaaaa", "Lorem ipsum dolor sit amet consectetur"])
def test_a_text_like_no_language_is_undetermined_unless_declared(
    identifier: LanguageIdentifier, text: str
) -> None:
    assert identifier.identify(text, "").value == "und"
    said = identifier.identify(text, "", declared="id")
    assert (said.value, said.source) == ("id", "declared")


def test_too_short_a_text_takes_what_is_declared(identifier: LanguageIdentifier) -> None:
    said = identifier.identify("RI 2-1", "", declared="id-ID")
    assert (said.value, said.source) == ("id", "declared")


def test_an_unknown_declaration_is_not_believed(identifier: LanguageIdentifier) -> None:
    assert identifier.identify("RI 2-1", "", declared="tlh").value == "und"


@pytest.mark.parametrize(
    ("tag", "code"),
    [("id", "id"), ("ID_id", "id"), ("in", "id"), ("en-US", "en"), ("jw", "jv"), (" ms ", "ms"), ("", "")],
)
def test_tags_become_two_letters(tag: str, code: str) -> None:
    assert primary_code(tag) == code


def test_case_digits_and_marks_do_not_change_ngrams() -> None:
    assert ngram_slots("Harga NAIK 10%").tolist() == ngram_slots("harga, naik!").tolist()


def test_text_without_letters_has_no_ngrams() -> None:
    assert ngram_slots("12 + 30").size == 0


def test_labels_do_not_depend_on_what_was_read_before(identifier: LanguageIdentifier) -> None:
    first = identifier.identify("", MALAY)
    identifier.identify("", ENGLISH)
    assert identifier.identify("", MALAY) == first


def test_states_that_add_nothing_may_be_passed_over(langid_model: LangidModel) -> None:
    every = replace(langid_model, speaks=np.ones_like(langid_model.speaks))
    for text in ("Banjir di Demak mulai surut, warga kembali ke rumah.", "x", "Größe 東京 🙂", ""):
        assert np.array_equal(langid_model.scores(text), every.scores(text))
