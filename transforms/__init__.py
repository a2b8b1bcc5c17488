"""The verbs: one folder per arrow, pure modules and one thin `beam.py` each.

Shared leaves beside the folders, used by all: `text.py` (folding, words, shingles), `urls.py` (canonical
form, hosts, ids), `dates.py` (instants, zones, publication days), `outline.py` (a page's elements and texts
as columns) and `windows.py` (fixed windows over unbounded input). Folders do not import each other; they
meet in `pipelines/`.
"""
