"""For ever: which feeds are due, and bounded cycles in processes that are replaced from time to time."""
