"""The same news once, across feeds, runs and publishers.

`exact` and `near` say when two texts are one, `resolve` says which of them stays, `index` remembers on disk
what earlier runs met, `stories` puts different words about one event together, `documents` does all of it for
a list of documents in one go, and `beam` for a cycle of the pipeline through the same functions.

Kept out: what makes two addresses the same (`transforms/urls.py`), and where files become visible (the store
keeps the lists of index files).

The hard decision: samples of 5-gram hashes compared by containment, not MinHash compared by Jaccard. Reprints
differ in length, so Jaccard at .7 finds one copy in six. And files of sorted hashes, not a database or a
stateful step: any filesystem holds them, a cycle appends without touching what is there, and a look-up reads
only what it asks for.
"""
