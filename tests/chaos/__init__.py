"""Chaos: real processes, real `kill -9`, real readers looking all the while."""
