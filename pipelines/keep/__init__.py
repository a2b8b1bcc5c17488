"""Looking after what is stored: verify, repair, compact, export."""
