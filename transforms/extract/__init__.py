"""Room card: what one page says, read from one tree.

Lives here: decoding and parsing (`tree`, the only place that sees bytes), the readings of the body (`body`:
trafilatura; `own`: ours) and the choice between them (`candidates`); the metadata (`metadata` and the modules
it reads with: `signals`, `jsonld`, `title`, `people`, `byline`, `published`, `section`, `addresses`), and the
records `Hints`, `Metadata` and `ExtractError`. Kept out: what is cut before and after (`transforms/clean`).
The only user of trafilatura.

The hard decision: two cheap readings on every page instead of one good one. Ours costs 1.2 ms and is worse
than trafilatura on most pages, but the two seldom fail on the same page, so their disagreement finds the
doubtful ones; asking trafilatura for its slow reading everywhere costs more and finds none of them.
Choosing by a learnt model was refused: 345 pages with known bodies are too few to trust it on unseen sites.
"""
