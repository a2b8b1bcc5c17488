"""Record: the stored row, an article with its place among the other articles."""

from dataclasses import dataclass

from warta.schemas.article import Article


@dataclass(frozen=True, slots=True)
class Record:
    """One row of `articles/`; `tables.ARTICLES` is its Arrow schema."""

    article: Article
    revision: int = 1
    previous_hash: str = ""
    similar_to: str = ""
    """Id of an earlier article with containment between .5 and .8."""
    containment: float | None = None
    overlaps: tuple[tuple[str, float], ...] = ()
    """(id, containment) of every earlier record that shares half or more; `similar_to` is the first."""
