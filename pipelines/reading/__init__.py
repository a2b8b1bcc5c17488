"""What a reader process does: bytes become entries or an article. No network, no disk, no Beam.

It meets the transforms that are not allowed to meet each other: parse, extract, clean, label, dedup.
"""
