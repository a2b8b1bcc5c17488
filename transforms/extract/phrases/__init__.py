"""Room card: what bylines and dates are introduced with, one TOML file per language or family.

A new language is a new file here; no Python changes. Rows are read by `transforms/extract/lexicon.py` and
serve every page whatever its declared language, because declared languages are often wrong; a word that
means something else elsewhere does not belong here. Kept out: month names (`transforms/dates.toml`) and
boilerplate phrases (`transforms/clean/lexicons`).
"""
