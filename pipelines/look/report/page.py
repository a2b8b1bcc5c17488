"""Put figures, labels, style and script into one self-contained page."""

import base64
import hashlib
import html
import json
from functools import cache
from importlib.resources import files
from string import Template
from typing import Any

DRAWING = ("charts.js", "words.js", "feeds.js", "report.js")


def page(figures: dict[str, Any]) -> str:
    """Return the whole HTML document. It asks for nothing: its policy allows its own script and style."""
    style, script = _data("report.css"), "\n".join(_data(name) for name in DRAWING)
    policy = (
        f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    return Template(_data("report.html")).substitute(
        name=html.escape(str(figures["name"])),
        policy=policy,
        style=style,
        script=script,
        figures=_embedded(json.dumps(figures, ensure_ascii=False, separators=(",", ":"))),
        labels=_embedded(_data("labels.json")),
    )


def _embedded(text: str) -> str:
    """Return JSON that cannot end its `<script>` element or open a comment, whatever a headline says."""
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _data(name: str) -> str:
    return files("warta.pipelines.look.report").joinpath(name).read_text(encoding="utf-8")
