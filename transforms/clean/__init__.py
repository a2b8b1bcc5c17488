"""Room card: what is not the article, and how it goes.

Lives here: what a page's elements hold and the cuts made before extraction (`measures`, `structure`), the
lexicons and their engine (`lexicons/*.toml`, `lexicon`, `rules`, `clues`), the cleaning of lines (`lines`,
`boilerplate`, `dateline`, `plain`), and what a host teaches about itself over many articles (`furniture`,
`beam`). Kept out: choosing the body (`transforms/extract`), and any rule that names a site.

The hard decision: cut before extraction *and* after it. Cutting only afterwards is simpler, but an
extractor that has chosen the link list cannot be mended; cutting only before leaves bylines, datelines and
pointers inside paragraphs. And all languages are matched on every page: choosing lexicons by declared
language saves nothing (phrases are looked up, not scanned) and fails where the declaration is wrong.
"""
