"""The store: nothing lost, nothing twice, nothing half written.

Lives here: the layout of an output folder, rows and files of the tables, the commit of a cycle, the lock,
the typed state, and the tools over a finished dataset (verify, compact, repair, read, migrate, archive).
Kept out: what a cycle does and when; the store is handed rows, opaque state files and a report.

What readers may rely on: at every instant each partition folder holds all of an old state or all of a new
one, whole files only. A cycle's files arrive one by one within milliseconds; `read` sees them all or none.
A query by plain paths that was already running when a compaction exchanged a folder may meet "no such
file" and is to be asked again; `read` goes on with the old files, which stay an hour in `retired/`.

The hard decision: one manifest file per cycle is the single atomic step, and everything else is a move that
can be repeated. Data, duplicates, rejections, feed health, fetch state and the duplicate index are named by
it together, so no article is marked seen without being stored. Refused: a database beside the files (two
truths to keep equal, none of them readable over a network), and Iceberg or Delta as the primary form (a
plain `read_parquet('**/*.parquet')` would then see files that are not committed, or no longer valid).

Partition columns (`date`, `topic`) live in the path only. Stored in the files too, they make pandas and
`pyarrow.dataset(dir, partitioning="hive")` refuse the dataset: the two would have different types.
"""
