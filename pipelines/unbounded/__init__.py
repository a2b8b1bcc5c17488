"""The graph without an end, on engines that have it (Flink, Prism, Dataflow): `warta stream --runner=…`.

A clock ticks once a window. What a tick sets off carries the tick's timestamp to its end, however long that
takes, so when the watermark passes the window's end everything in it has its ending, and one commit stores it
together with the state of its feeds and hosts: what `warta run` does in a cycle, a window does here. Between
windows the engine's state remembers what is not committed yet; after a new start the store does.

No host is ever asked from two places: feeds are polled in the first part of a window and pages fetched in the
rest, in groups of hosts that belong to one key. What does not fit waits for the next window.

Kept out: the graph (`articles.py`), and the local stream (`stream/`), which needs no engine.
"""
