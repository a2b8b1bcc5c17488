"""Room card: to be written by whoever fills this room."""
