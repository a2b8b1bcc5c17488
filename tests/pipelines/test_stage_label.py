"""`warta stage label`: one line out for each line in, errors by line number, the rest goes on."""

import json
from pathlib import Path

from warta.pipelines.cli.main import main

LINES = """\
{"id": "quake", "title": "Gempa Guncang Pesisir", "text": "Gempa merusak rumah. BNPB mengevakuasi pengungsi."}
not json
[1, 2]
{"id": "bare"}
{"id": "odd", "title": 5, "text": null, "feed_categories": "Olahraga"}
{"id": "match", "url": "https://bola.a.test/x", "title": "Timnas menang 2-0", "text": "Gol di babak kedua."}
"""


def test_bad_lines_are_named_and_the_rest_is_labelled(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(LINES, encoding="utf-8")
    assert main(["stage", "label", str(source), str(target)]) == 0
    rows = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert [row["id"] for row in rows] == ["quake", None, None, "bare", "odd", "match"]
    assert rows[1]["error"].startswith("line 2: not JSON")
    assert rows[2]["error"] == "line 3: not a JSON object"
    assert (rows[0]["language"], rows[0]["topic"], rows[0]["topic_source"]) == ("id", "disaster", "text")
    assert (rows[3]["language"], rows[3]["topic"]) == ("und", "unknown")
    assert (rows[4]["topic"], rows[5]["topic"], rows[5]["topic_source"]) == ("sport", "sport", "section")
