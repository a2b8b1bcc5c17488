"""The sample newsroom: a small world of publishers that exists on loopback only."""
