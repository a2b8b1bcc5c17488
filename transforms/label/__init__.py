"""Room card: which language an article is in and which topic it is about, with the evidence.

Here: langid's own model read sparsely, the prior of a declared language, a discriminator for Malayic
languages, the section map, a linear model over hashed words and the lexicons. Kept out: where the evidence
comes from (feeds and pages belong to `parse` and `extract`) and what is done with the labels.
"""

from warta.transforms.label.labeller import Labeller, load_labeller

__all__ = ["Labeller", "load_labeller"]
