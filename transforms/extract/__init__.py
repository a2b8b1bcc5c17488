"""Room card: what one page says, read from one tree.

Lives here: decoding and parsing (`tree`, the only place that sees bytes), the readings of the body (`own`:
ours, over `runs`; `body`: trafilatura), the choice between them (`candidates`) and what stands above it
(`lead`); the metadata (`metadata` and the modules it reads with: `signals`, `jsonld`, `title`, `people`,
`byline`, `published`, `section`, `addresses`), and the records `Hints`, `Metadata` and `ExtractError`. Kept
out: the one walk over a page that all of these read from (`transforms/outline`), and what is cut before and
after (`transforms/clean`). The only user of trafilatura.

The hard decision: the cheap reading first. Ours costs .5 ms and knows when a page is plain, as two of three
are; there it does as well as trafilatura, which costs eight times as much. On all others both are asked:
they seldom fail on the same page, so their disagreement finds the doubtful ones; asking trafilatura for its
slow reading everywhere costs more and finds none of them.
Choosing by a learnt model was refused: 345 pages with known bodies are too few to trust it on unseen sites.
"""
