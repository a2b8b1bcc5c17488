"""The command line: parsers that teach, and the commands that run a pipeline.

No Beam and no pyarrow is imported until a command is called: `warta --help` is part of the product.
"""
