"""The language codes a feed list may name: ISO 639-1, and three-letter codes of the archipelago's press."""

_TWO = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de "
    "dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id "
    "ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu "
    "lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu "
    "rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr "
    "ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu "
)
_THREE = (
    "ace ban bbc bjn bug gor iba mad mak min nij sas tet bew bts btk lus fil ceb ilo war yue wuu nan haw "
    "cnr hbs "
)

LANGUAGES = frozenset((_TWO + _THREE).split())


def is_language(tag: str) -> bool:
    """Say whether `tag` is a language code in lower case that may be declared."""
    return tag in LANGUAGES
