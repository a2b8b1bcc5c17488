"""Fixed windows over unbounded input, settled one after the other under one key: state and watermark timers.

A shared leaf. Beam's own windows keep state apart; here one window must know what the one before it settled,
so elements stay in the global window and are gathered by the fixed window their timestamp falls into.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

import apache_beam as beam
from apache_beam.coders import PickleCoder
from apache_beam.transforms.timeutil import TimeDomain
from apache_beam.transforms.userstate import BagStateSpec, ReadModifyWriteStateSpec, TimerSpec, on_timer
from apache_beam.transforms.window import TimestampedValue
from apache_beam.utils.timestamp import Timestamp

MICROS = 1_000_000
MILLISECOND = 1_000
"""In microseconds; what all engines count time in."""


def window_end(at: Timestamp, length_s: float) -> int:
    """Return the end, in microseconds, of the fixed window that `at` falls into.

    >>> window_end(Timestamp(12), 10.0)
    20000000
    """
    length = round(length_s * MICROS)
    return int((at.micros // length + 1) * length)


class SettleWindows(beam.DoFn, ABC):
    """Hand the elements of each window to `settle`, in order, once the watermark has passed its end.

    Input: `(key, element)` in the global window; keys are independent of each other. An element that comes
    after its window was settled is settled alone, at once: nothing is dropped for being late. Outputs stand
    at the instant of settling. A window without elements is not settled at all.

    Args:
      length_s: of a window.
      order: place among the steps that settle the same windows, negative ones before the end. A step holds
        the watermark at its instant until it is done, and a timer may fire at the instant the watermark
        stands at, so steps that feed each other need instants of their own: one millisecond each.
      keep_s: how long after its last window a key's memory is kept; None: for ever.
    """

    ARRIVED = BagStateSpec("arrived", PickleCoder())
    FIRST = ReadModifyWriteStateSpec("first", PickleCoder())
    """End of the earliest window that has elements."""
    MEMORY = ReadModifyWriteStateSpec("memory", PickleCoder())
    END = TimerSpec("end", TimeDomain.WATERMARK)
    EXPIRY = TimerSpec("expiry", TimeDomain.WATERMARK)

    def __init__(self, length_s: float, order: int, keep_s: float | None = None) -> None:
        self.length_s, self.order, self.keep_s = length_s, order, keep_s

    @abstractmethod
    def settle(self, key: Any, end_s: float, elements: list[Any], memory: dict[str, Any]) -> Iterator[Any]:
        """Yield what becomes of one window's elements.

        Args:
          key: whose they are.
          end_s: end of the window, Unix seconds, exclusive.
          elements: in no particular order.
          memory: what this key remembers between windows; change it in place.
        """

    def process(
        self,
        keyed: tuple[Any, Any],
        at: Any = beam.DoFn.TimestampParam,
        arrived: Any = beam.DoFn.StateParam(ARRIVED),
        first: Any = beam.DoFn.StateParam(FIRST),
        end: Any = beam.DoFn.TimerParam(END),
    ) -> None:
        due = window_end(at, self.length_s)
        arrived.add((due, keyed[1]))
        earliest = first.read()
        if earliest is None or due < earliest:
            first.write(due)
            end.set(self._instant(due))

    @on_timer(END)
    def settle_due(
        self,
        key: Any = beam.DoFn.KeyParam,
        at: Any = beam.DoFn.TimestampParam,
        arrived: Any = beam.DoFn.StateParam(ARRIVED),
        first: Any = beam.DoFn.StateParam(FIRST),
        memory: Any = beam.DoFn.StateParam(MEMORY),
        end: Any = beam.DoFn.TimerParam(END),
        expiry: Any = beam.DoFn.TimerParam(EXPIRY),
    ) -> Iterator[Any]:
        windows: dict[int, list[Any]] = {}
        for due, element in arrived.read():
            windows.setdefault(due, []).append(element)
        arrived.clear()
        first.clear()
        remembered = memory.read() or {}
        later = {due for due in windows if self._instant(due) > at}
        for due in sorted(windows.keys() - later):
            for output in self.settle(key, due / MICROS, windows[due], remembered):
                yield at_instant(output, self._instant(due))
        if remembered:
            memory.write(remembered)
            if self.keep_s is not None:
                expiry.set(Timestamp(micros=at.micros + round(self.keep_s * MICROS)))
        for due in later:
            for element in windows[due]:
                arrived.add((due, element))
        if later:
            first.write(min(later))
            end.set(self._instant(min(later)))

    @on_timer(EXPIRY)
    def forget(self, memory: Any = beam.DoFn.StateParam(MEMORY)) -> None:
        memory.clear()

    def _instant(self, due: int) -> Timestamp:
        return Timestamp(micros=due + self.order * MILLISECOND)


def at_instant(output: Any, at: Timestamp) -> Any:
    """Return an output, tagged or not, with its timestamp."""
    if isinstance(output, beam.pvalue.TaggedOutput):
        return beam.pvalue.TaggedOutput(output.tag, TimestampedValue(output.value, at))
    return TimestampedValue(output, at)
