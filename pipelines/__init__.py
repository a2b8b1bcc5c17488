"""The sentences: compose, configure, run, report. Nobody imports pipelines."""
