"""One static page about a dataset: `warta report DIR -o report.html`.

Lives here: `articles.py` and `losses.py` add the stored tables up (pure, on Arrow columns), `periods.py`
chooses days, weeks or months, `gather.py`* reads the tables, `page.py` puts figures, labels, style and
script into one file, `command.py`* is the command. The page itself is `report.html`, `report.css`,
`charts.js` (drawing), `report.js` (what is drawn) and `labels.json` (every word, English and Indonesian).
Kept out: the `text` column, which is never read (`text_chars` says what the page needs), and the network:
the page asks for nothing, and its own security policy would refuse it.

The hard decision: charts are drawn in the browser by some 250 lines of our own, not by an embedded Vega
(about 800 KB for a page that holds 30 KB of figures) and not as SVG made in Python: only the browser knows
how wide the phone is, and which language its reader chose.
"""
