"""What one cycle of the graph sets out to do, counts, and leaves for its commit.

A run is cycles until nothing waits; a stream is cycles for ever. Kept out: the graph itself (`articles.py`)
and what happens inside a reader process (`reading/`).
"""
