"""Topic: evidence in order, words for every term of the vocabulary, `unknown`, and reasons to show."""

import pytest

from warta.schemas.topic import QCODES, UNKNOWN
from warta.transforms.label.labeller import Labeller, load_labeller
from warta.transforms.label.topic import MODEL, TopicIdentifier, lexicon_nats, load_topic
from warta.transforms.label.words import LEXICONS, TOPICS, load_lexicon, read_words, slots_of, tokens

TEXTS = {
    "politics": (
        "DPR Sahkan Undang-Undang Pemilu",
        "Rapat paripurna DPR menyetujui revisi undang-undang pemilu. "
        "Fraksi partai menyampaikan pandangan kepada menteri.",
    ),
    "crime_justice": (
        "Polisi Tangkap Pelaku Pencurian",
        "Polres menetapkan tersangka pencurian dengan kekerasan. "
        "Pelaku ditahan dan terancam hukuman penjara.",
    ),
    "conflict": (
        "Serangan Udara Hantam Kota",
        "Militer melancarkan serangan udara. "
        "Pasukan pemberontak membalas dengan rudal; gencatan senjata gagal.",
    ),
    "disaster": (
        "Gempa Bumi Guncang Pesisir",
        "Gempa merusak rumah warga. BNPB mengirim tim evakuasi untuk pengungsi dan korban bencana.",
    ),
    "economy": (
        "Rupiah Menguat, IHSG Naik",
        "Investor membeli saham perbankan. Bank Indonesia menahan suku bunga dan inflasi turun.",
    ),
    "environment": (
        "Orangutan Terancam Punah",
        "Pencemaran limbah merusak habitat satwa. KLHK dan pegiat konservasi memantau ekosistem hutan.",
    ),
    "labour": (
        "Buruh Tuntut Kenaikan Upah Minimum",
        "Serikat pekerja menolak PHK dan meminta upah minimum naik. Kemnaker menemui perwakilan buruh.",
    ),
    "weather": (
        "Prakiraan Cuaca Besok: Hujan Lebat",
        "BMKG memperkirakan hujan lebat dan angin kencang. Suhu udara 24 hingga 31 derajat Celsius.",
    ),
    "sport": (
        "Timnas Menang 2-0",
        "Pelatih memuji pemain setelah gol di babak kedua. Laga liga berikutnya digelar di stadion.",
    ),
    "health": (
        "Kasus Demam Berdarah Naik",
        "Dinas kesehatan mencatat pasien di rumah sakit dan puskesmas. "
        "Dokter meminta warga mengenali gejala penyakit.",
    ),
}


@pytest.fixture(scope="module")
def topics() -> TopicIdentifier:
    return load_topic()


@pytest.fixture(scope="module")
def labeller() -> Labeller:
    return load_labeller()


@pytest.mark.parametrize("topic", TEXTS)
def test_words_alone_name_the_topic(topics: TopicIdentifier, topic: str) -> None:
    said = topics.identify(*TEXTS[topic])
    assert (said.value, said.source) == (topic, "text")
    assert said.why


def test_english_words_name_a_topic_too(topics: TopicIdentifier) -> None:
    text = "Rescue workers searched for victims after the earthquake. Coastal villages were evacuated."
    assert topics.identify("Earthquake strikes coast", text).value == "disaster"


def test_indonesian_words_are_not_heard_in_other_languages(topics: TopicIdentifier) -> None:
    """The model took English function words for film titles; a language without a lexicon says nothing."""
    german = "Der Stadtrat vertagte die Entscheidung über den Haushalt auf die nächste Woche."
    assert topics.identify("Entscheidung vertagt", german, language="de").value == UNKNOWN
    english = "The one with the story of what it was and how we got to see it again, with you and me."
    assert topics.identify("What to see and what not to", english, language="en").value == UNKNOWN


def test_the_language_found_decides_who_reads(labeller: Labeller) -> None:
    text = "Rescue workers searched for survivors after the earthquake. Coastal villages were evacuated."
    labels = labeller.label("Earthquake strikes the coast", text)
    assert (labels.language, labels.topic) == ("en", "disaster")


def test_the_feeds_topic_comes_first(topics: TopicIdentifier) -> None:
    said = topics.identify(*TEXTS["sport"], url="https://bola.berita.test/read/1/x", feed_topic="religion")
    assert (said.value, said.score, said.source) == ("religion", 1.0, "feed")


@pytest.mark.parametrize("feed_topic", ["", "unknown", "sports", "Politics"])
def test_a_feed_topic_outside_the_vocabulary_is_passed_over(topics: TopicIdentifier, feed_topic: str) -> None:
    assert topics.identify(*TEXTS["sport"], feed_topic=feed_topic).source == "text"


def test_a_section_comes_before_words(topics: TopicIdentifier) -> None:
    said = topics.identify(*TEXTS["sport"], section="Ekonomi")
    assert (said.value, said.source) == ("economy", "section")
    assert said.why[0] == "section ekonomi"


def test_a_section_against_clear_words_is_less_sure(topics: TopicIdentifier) -> None:
    agreed = topics.identify(*TEXTS["sport"], section="Olahraga")
    against = topics.identify(*TEXTS["sport"], section="Ekonomi")
    assert agreed.score > against.score


@pytest.mark.parametrize(("title", "text"), [("", ""), ("Foto", ""), ("123", "456 !"), ("qwzx", "vbnm hjkl")])
def test_too_few_words_are_unknown(topics: TopicIdentifier, title: str, text: str) -> None:
    said = topics.identify(title, text)
    assert (said.value, said.source) == (UNKNOWN, "none")


def test_the_same_article_has_the_same_label(topics: TopicIdentifier) -> None:
    assert topics.identify(*TEXTS["health"]) == topics.identify(*TEXTS["health"])


def test_labels_carry_the_qcode_and_rounded_scores(labeller: Labeller) -> None:
    labels = labeller.label(*TEXTS["weather"], declared_language="id")
    assert labels.topic_qcode == QCODES["weather"]
    assert labels.language == "id"
    assert labels.topic_score == round(labels.topic_score, 4)


def test_labels_of_nothing_are_undetermined_and_unknown(labeller: Labeller) -> None:
    labels = labeller.label("", "")
    assert (labels.language, labels.topic, labels.topic_qcode) == ("und", "unknown", "")


def test_the_columns_are_the_vocabulary_without_unknown() -> None:
    assert set(TOPICS) == set(QCODES) - {UNKNOWN}
    assert len(TOPICS) == 17


def test_the_committed_model_stays_small() -> None:
    assert MODEL.stat().st_size <= 1_000_000


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_topic_has_words(language: str) -> None:
    lexicon = load_lexicon([LEXICONS / f"lexicon_{language}.toml"])
    columns = {column for entries in lexicon.terms.values() for column, _ in entries}
    assert columns == set(range(len(TOPICS)))


def test_lexicon_terms_can_be_met(topics: TopicIdentifier) -> None:
    """A term that the reader of words would split or drop can never speak."""
    for term in topics.lexicon.terms:
        assert term in topics.lexicon.met(read_words(term, "")), term


def test_lexicon_nats_grow_with_the_share() -> None:
    few, many = lexicon_nats([1.0, 0.0]), lexicon_nats([9.0, 0.0])
    assert 0 < few[0] < many[0]
    assert few[1] == 0


def test_a_headline_word_weighs_more_than_a_body_word() -> None:
    words = read_words("Gempa besar", "gempa kecil")
    assert words.weights["gempa"] > words.weights["besar"] > words.weights["kecil"]


def test_the_lexicon_meets_every_pair_of_neighbours_and_no_other(topics: TopicIdentifier) -> None:
    lexicon = topics.lexicon
    pair = next(term for term in sorted(lexicon.terms) if " " in term)
    word, following = pair.split()
    assert lexicon.met(read_words("", f"kata {word} {following} kata")).get(pair) == 1.0
    assert lexicon.met(read_words(pair, pair)).get(pair) == 3.0
    assert pair not in lexicon.met(read_words(word, f"{following} {word} kata {following}"))


def test_slots_are_the_same_on_every_machine() -> None:
    assert slots_of(["presiden"]).tolist() == [33733]


def test_tokens_keep_hyphens_and_drop_numbers() -> None:
    assert tokens("K-pop 2024: Undang-Undang baru!") == ["k-pop", "undang-undang", "baru"]
