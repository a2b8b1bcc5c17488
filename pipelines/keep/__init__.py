"""Looking after what is stored: verify, repair, compact, reprocess, export."""
