"""Fetch: addresses in, pages out; polite to hosts, deaf to tricks, as fast as both allow.

What lives here: the guarded HTTP client (`http.py`, `addresses.py`, `inflate.py`), manners (`robots.py`,
`politeness.py`, `hosts.py`), the memory of a feed (`conditional.py`), the scheduler (`crawl.py`, with
`feeds.py` and `pages.py` as its two kinds of work), reader processes (`pool.py`), Beam's side (`beam.py`).
Kept out: what a feed or a page says. Parsing and extraction come in as two callables.

The hard decision: fetching and reading share one step. An event loop keeps every host busy at its own pace
while reader processes extract, so nothing larger than an article leaves the step. The option refused, one
step each with pages in between, costs a shuffle of all bodies and adds the waits of all hosts together.
"""
