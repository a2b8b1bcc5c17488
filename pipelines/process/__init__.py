"""The process a run lives in: its clock, its signals, its log and what it costs the machine."""
