"""Commands that rebuild the committed model files from the shared rows; nothing here runs in a worker."""
