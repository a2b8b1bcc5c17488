"""`python -m warta`."""

from warta.pipelines.cli.main import program

if __name__ == "__main__":
    program()
