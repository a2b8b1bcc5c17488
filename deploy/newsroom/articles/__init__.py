"""What the newsroom's articles say: one markdown file each, with TOML front matter between `+++` lines.

The stem is `<site>-<slug>`, or `<site>-<slug>.r2` for a later version of the same article. In the body a
blank line ends a paragraph; a line that starts with `!` is furniture (`!baca KEY`, `!video TEXT`, `!ad`),
structure (`!page`, `!h2 TEXT`) or a picture. All of it is invented.
"""
