"""The graph on engines outside of this process, against the local engine: the same rows."""
