"""FetchSettings: every knob of the fetch room, with its unit."""

import time
from collections.abc import Callable
from dataclasses import dataclass

USER_AGENT = "warta/0.1 (news feed archiver; obeys robots.txt rules for 'warta')"


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """How to ask, how much to accept, how long to try. Picklable; validated by `pipelines/options.py`."""

    user_agent: str = USER_AGENT
    min_delay_s: float = 1.0
    """Least time between two requests to one host, from the answer to the next question."""
    per_host_concurrency: int = 1
    max_connections: int = 512
    """Open requests at a time, over all hosts of one worker."""
    timeout_s: float = 30.0
    """Total time of one request: name, connection, redirects and body, without polite waits."""
    max_feed_bytes: int = 16 * 2**20
    """On the wire and again after decompression."""
    max_page_bytes: int = 8 * 2**20
    """On the wire and again after decompression."""
    max_redirects: int = 8
    max_wait_s: float = 60.0
    """The longest Retry-After that is sat out; what must wait longer is deferred."""
    max_crawl_delay_s: float = 10.0
    """Cap on robots.txt Crawl-delay: a host that asks for minutes gets this."""
    obey_robots: bool = True
    allow_networks: tuple[str, ...] = ()
    """CIDR blocks opened although they are not public ("127.0.0.0/8")."""
    connect_to: tuple[tuple[str, str], ...] = ()
    """(host pattern, "address:port"): like `curl --connect-to`. The peer check still applies."""
    use_proxies: bool = True
    """Respect HTTP_PROXY, HTTPS_PROXY and NO_PROXY. Behind a proxy the peer is the proxy, so the address
    check then covers literal addresses only: the proxy resolves names, and has to guard its own network."""
    workers: int = 0
    """Reader processes; 0 reads in this process (for engines that parallelise by themselves), without
    protection against a parser that hangs."""
    read_timeout_s: float = 20.0
    """Time one page may take to read before its reader is killed."""
    reader_memory_mb: int = 3072
    """Address space of a reader process; a page that needs more is lost to a reason. 0: no limit."""
    reader_setup: tuple[str, ...] = ()
    """What readers do before their first page ("module:function", say, loading models): done once, in the
    process they are forked from, and outside of any page's deadline."""
    reader_tasks: int = 2000
    """Pages after which a reader process is replaced by a fresh one, against leaks."""
    deadline: float | None = None
    """Unix time after which nothing is asked any more."""
    max_pages: int | None = None
    """Entries settled by one FetchPages step; the others are deferred (`slice_full`)."""
    read_ahead: bool = False
    """Go on with the next `max_pages` while these are settled (`ahead.py`); whoever sets it ends it."""
    max_article_pages: int = 10
    """Pages of one article that are joined."""
    max_sitemaps: int = 5
    """Children of a sitemap index that are read."""
    full_poll_every: int = 10
    """Every k-th poll of a feed is a full GET, against validators that lie."""
    shards: int = 1
    """Groups of hosts that may run apart. 1 locally, where one step must see all hosts at once."""
    run_id: str = ""
    poll_bounds_s: tuple[float, float] | None = None
    """Least and most time between two polls of a healthy feed; None adapts between 10 min and a day."""
    clock: Callable[[], float] = time.time
    """What time it is, in Unix seconds; picklable. Simulations bring their own."""
