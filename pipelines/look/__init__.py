"""What people see: progress, summary, status, report, browse, explain, metrics.

Nothing here changes a dataset.
"""
