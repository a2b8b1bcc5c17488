"""Room card: which language an article is in and which topic it is about, with the evidence.

Here: langid's own model read sparsely (`langid_model.py`), a small model for Indonesian, Malay, Javanese and
Sundanese (`malayic.py`, data in `languages/`), the declaration as a prior (`language.py`); the section map,
the linear model over hashed words and the lexicons (`sections.py`, `words.py`, `topic.py`, data in
`topics/`). `labeller.py` is the face. Kept out: where the evidence comes from (feeds and pages belong to
`parse` and `extract`), what is done with labels, and training (`tests/train`).

The hard decision: the section decides before the words, because publishers know their own articles; words
that are sure of something else only lower the score. Refused: ten nats of prior for the declared language,
which made right declarations perfect and wrong ones ruinous; the letters of the text now tell the near
languages apart and the declaration tips what is left. Refused too: a larger pretrained classifier, for its
weight in every worker.
"""

from warta.transforms.label.labeller import Labeller, load_labeller

__all__ = ["Labeller", "load_labeller"]
