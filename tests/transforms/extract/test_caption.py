"""Captions: which text stands below the lead picture, and what of it is the photographer's credit."""

import pytest
from lxml import html

from warta.transforms.extract.caption import read_caption, without_credit
from warta.transforms.extract.signals import Signals, read_signals

IMAGE = "https://www.contoh.test/foto/banjir-demak.jpg"
CAPTION = "Warga menyeberangi jembatan darurat di Demak, Kamis (19/11/2026)."
TITLE = "Banjir di Demak Surut, Warga Pulang"
SUMMARY = (
    "Air yang merendam tiga kecamatan di Demak surut sejak Kamis pagi setelah tanggul yang jebol ditutup."
)
PROSE = "<p>" + "Warga kembali ke rumah setelah air surut, kata petugas di lokasi kejadian. " * 4 + "</p>"
PICTURE = '<img src="/foto/banjir-demak-750x500.jpg" alt="">'


def page(lead: str, prose: str = PROSE * 3) -> Signals:
    """Return an article whose headline is followed by `lead` and prose."""
    found = read_signals(
        html.document_fromstring(
            f"<html><body><div><h1>{TITLE}</h1>{lead}<div>{prose}</div></div></body></html>"
        )
    )
    found.settle(found.h1[0])
    return found


def read(lead: str, *, image_url: str = IMAGE, stated: str = "", prose: str = PROSE * 3) -> str:
    """Return the caption of such an article."""
    return read_caption(page(lead, prose), image_url=image_url, stated=stated, known=(TITLE, SUMMARY))


SHAPES = {
    "figure": f"<figure>{PICTURE}<figcaption>{CAPTION}</figcaption></figure>",
    "small_credit": f"<figure>{PICTURE}<figcaption>{CAPTION} <small>Sri W</small></figcaption></figure>",
    "class": f'<div class="photo">{PICTURE}<div class="photo__caption">{CAPTION}</div></div>',
    "credit_class": (
        f'<div>{PICTURE}<p class="wp-caption-text">{CAPTION}<span class="author">(SRI W)</span></p></div>'
    ),
    "place_alone": f'<div class="g">{PICTURE}<div class="c">{CAPTION} &copy; Contoh/Sri</div></div>',
    "credit_in_front": f'<div>{PICTURE}<div class="ket"><b>Contoh/Sri Wahyuni</b> {CAPTION}</div></div>',
    "lazy": (
        '<figure><img src="data:image/gif;base64,R0" data-src="/foto/banjir-demak.jpg?w=700">'
        f"<figcaption>{CAPTION}</figcaption></figure>"
    ),
    "behind_an_amp_picture": (
        f'<amp-img src="/foto/banjir-demak.jpg"></amp-img><p class="cap"><small>{CAPTION}</small></p>'
    ),
    "another_file": f'<figure><img src="/1.jpg"><figcaption>{CAPTION} (Foto: Sri W)</figcaption></figure>',
}


@pytest.mark.parametrize("lead", SHAPES.values(), ids=SHAPES.keys())
def test_the_caption_stands_below_the_lead_picture(lead: str) -> None:
    assert read(lead) == CAPTION


@pytest.mark.parametrize(
    "credit",
    [
        " (Foto: Sri Wahyuni)",
        " (ANTARA FOTO/Sri Wahyuni/rwa.)",
        " [Contoh.test/Sri Wahyuni]",
        " ANTARA FOTO/Sri Wahyuni",
        " © Contoh/Sri",
        " Photo by Sri Wahyuni",
        " - Copyright Sri Wahyuni/ 2026 Contoh",
        " (Dok. Pribadi)",
        " (Courtesy of the museum)",
        "",
    ],
)
def test_a_credit_is_cut_off_a_caption(credit: str) -> None:
    assert without_credit(CAPTION + credit) == CAPTION


@pytest.mark.parametrize(
    "caption",
    [
        "Rafli/Setiawan di podium juara",
        "Petugas Badan Meteorologi, Klimatologi, dan Geofisika (BMKG)",
        "Kenneth Lee (left) and Ann Poe at the source of the river",
        "Foto keluarga yang selamat dari banjir",
    ],
)
def test_what_only_looks_like_a_credit_stays(caption: str) -> None:
    assert without_credit(caption) == caption


NONE = {
    "credit_alone": f"<figure>{PICTURE}<figcaption>Foto: Sri Wahyuni</figcaption></figure>",
    "headline": f"<figure>{PICTURE}<figcaption>{TITLE}</figcaption></figure>",
    "summary": f"<div>{PICTURE}<div>{SUMMARY}</div></div>",
    "clock": f"<div>{PICTURE}<div>Kamis, 19 November 2026</div></div>",
    "byline": f"<div>{PICTURE}<div>Oleh Sri Wahyuni</div></div>",
    "teaser": f'<aside><a href="/x">{PICTURE}<div class="caption">Kisah penyintas banjir</div></a></aside>',
    "paragraph": f"<div>{PICTURE}<p>Air surut di semua desa sejak pagi.</p></div>",
}


@pytest.mark.parametrize("lead", NONE.values(), ids=NONE.keys())
def test_other_texts_beside_the_picture_are_no_captions(lead: str) -> None:
    assert read(lead) == ""


def test_the_only_text_of_a_short_article_is_not_taken_for_a_caption() -> None:
    assert read(f"<div>{PICTURE}<div>{CAPTION}</div></div>", prose="<p>Bagikan</p>") == ""


def test_json_ld_speaks_where_nothing_is_shown() -> None:
    assert read("", stated=f"{CAPTION} (Foto: Sri Wahyuni)") == CAPTION
    assert read("", stated=TITLE) == ""
