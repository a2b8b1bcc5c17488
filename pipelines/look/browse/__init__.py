"""A small local page to search and read a dataset, straight from its Parquet files through DuckDB.

Lives here: `dataset.py`* asks the tables, `query.py` is what a reader asks for, `markup.py` builds HTML that
cannot be injected into, `pages.py` composes the pages, `server.py`* answers on the loopback address,
`command.py`* is the command. Kept out: scripts (there are none), pictures and anything else that would make
the reader's browser talk to a publisher, and writing: the dataset is only read.

The hard decision: pages are made of nested calls (`h("p", text)`), not of a template language. Every string
is escaped because nothing else is possible, and stored titles come from strangers.
"""
