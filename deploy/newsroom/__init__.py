"""The sample newsroom: a small world of publishers that exists on loopback only.

Publishers, people and events are invented; hosts are reserved names (`*.test`), reached through
`connect_to`. What each article says is data (`articles/*.md`), how each site looks is data
(`designs/*.html`, `sites.toml`); `truth` tells what a perfect run stores. An *edition* is an instant: a
page is visible once published, changed once updated, gone once gone. So two editions, a week of
simulated time and a stream test are one mechanism, a clock.

Kept out: anything of `warta` itself. The newsroom must not share a bug with the code that it tests.
The hard decision: no template library. Forty lines of mustache keep the wheel free of a dependency
that only the sample would use.
"""

from warta.newsroom.archive import EDITIONS
from warta.newsroom.schedule import WEEK_END, WEEK_START, VirtualClock, week_of_mishaps
from warta.newsroom.server import Fault, Newsroom, serve
from warta.newsroom.truth import TruthRow, truth

__all__ = [
    "EDITIONS",
    "WEEK_END",
    "WEEK_START",
    "Fault",
    "Newsroom",
    "TruthRow",
    "VirtualClock",
    "serve",
    "truth",
    "week_of_mishaps",
]
