"""warta: news feeds to a clean, deduplicated, queryable Parquet dataset.

`warta.read("data")` gives the stored articles as a pyarrow dataset; the command line does the rest.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from warta.transforms.store.read import read as read

__version__ = "0.1.0"
__all__ = ["__version__", "read"]


def __getattr__(name: str) -> Any:
    # Imported when asked for: `warta --help` must not wait for pyarrow.
    if name == "read":
        from warta.transforms.store.read import read

        return read
    raise AttributeError(f"module 'warta' has no attribute {name!r}")
