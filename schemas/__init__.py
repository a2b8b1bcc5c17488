"""The nouns: plain frozen records that travel between the rooms.

No Beam, no I/O, no behaviour. A thing has one name everywhere: a *feed* announces *entries*, an entry's
URL answers with a *page*, a page holds an *article*, an article is stored as a *record*. What does not
become a record ends as a `Duplicate`, a `Rejection` or a `Deferral` (`outcome.py`), never as silence.

The hard decision: dataclasses, not pydantic or RowCoder tuples. Inputs are checked at the door
(`transforms/parse`), so the nouns need no validators, and frozen dataclasses keep their class in worker
processes, which a Beam row does not.
"""
