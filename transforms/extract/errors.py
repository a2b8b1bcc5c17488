"""ExtractError: why a page has no article. The reason travels, so that a loss becomes data."""

from warta.schemas.outcome import Reason


class ExtractError(Exception):
    """A page cannot be read; `reason` is final, `detail` is one line for a person."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.reason}: {self.detail}" if self.detail else str(self.reason)
