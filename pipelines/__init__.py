"""The sentences: compose, configure, run, report. Nobody imports pipelines.

Start at `articles.py`, the graph; `batch.py` runs it to the end of the work, `stream/` for ever, `engines.py`
elsewhere. `options.py` is the one place where a command line becomes `Settings`. Around them: `cycle/` what
one pass of the graph takes and leaves, `reading/` what a reader process does, `process/` the process itself,
`cli/` and `look/` what people type and see, `feeds/` and `keep/` what operators look after.
"""
