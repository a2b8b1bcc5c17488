"""The process itself: its clock, memory, signals, and what it says.

Lives here: `logs.py`* is the one handler of all log records, as text or as JSON lines; `sieve.py`* keeps
Beam's own processes from talking over it; `signals.py`* ends a run gently; `clock.py`*, `machine.py`*.
Kept out: what a run has to tell (that is `look`).

The hard decision: standard logging, not structlog. Beam, aiohttp and the parsers log through the standard
library, so its handlers, levels and filters have to be set up here either way, and a record of theirs must
come out in the same form as ours. What structlog would add to that, an event with named facts as one JSON
object a line, is `said` and `JsonLines`, some twenty lines without a dependency that every worker installs.
"""
