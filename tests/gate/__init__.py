"""Quality that is pinned: scores on the shared corpus, and floors that refuse to be lowered quietly."""
