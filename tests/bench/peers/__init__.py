"""What people would write or take instead of warta, one file each; `tests/bench/bench_speed.py` runs them.

Each is run by the interpreter of an environment of its own, so it imports nothing of warta, and takes the
same three options: `--urls FILE` (one address a line), `--port N` (the loopback world that all names lead to)
and `--output DIR`. None polls feeds, keeps manners, remembers a run or labels: they are given less to do.
"""
