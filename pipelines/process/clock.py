"""What time it is. A simulation sets the clock forward; it still ticks, so that waiting works as usual."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """The machine's clock, set `ahead_s` seconds forward. Picklable, so that other processes share it."""

    ahead_s: float = 0.0

    def __call__(self) -> float:
        """Return Unix time."""
        return time.time() + self.ahead_s

    def now(self) -> datetime:
        """Return the present instant in UTC."""
        return datetime.fromtimestamp(self(), UTC)
