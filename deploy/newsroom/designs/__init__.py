"""How the newsroom's sites look: one mustache page each, and the odd pages that all of them share."""
