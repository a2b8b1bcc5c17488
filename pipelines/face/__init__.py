"""warta: news feeds to a clean, deduplicated, queryable Parquet dataset."""

__version__ = "0.1.0"
