"""Shell completion: the scripts in the shells that read them."""

import shutil
import subprocess
from pathlib import Path

import pytest

from warta.pipelines.cli.completion import SCRIPTS, levels
from warta.pipelines.cli.main import build_parser

LEVELS = list(levels(build_parser()))

CASES = [
    (["sta"], {"stage", "status"}),
    (["feeds", ""], {"check", "discover", "import"}),
    (["feeds", "check", "--js"], {"--json"}),
    (["completion", "z"], {"zsh"}),
    (["run", "--dry"], {"--dry-run"}),
]


def run(shell: str, code: str) -> str:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    script = SCRIPTS[shell](LEVELS)
    flags = {"bash": ["--norc"], "zsh": ["-f"], "fish": ["--no-config"]}[shell]
    ended = subprocess.run(
        [shell, *flags, "-c", f"{script}\n{code}"], capture_output=True, text=True, timeout=60
    )
    assert ended.stderr == ""
    return ended.stdout


@pytest.mark.parametrize(("words", "wanted"), CASES, ids=lambda value: " ".join(sorted(value)))
def test_bash_completes(words: list[str], wanted: set[str]) -> None:
    quoted = " ".join(f"'{word}'" for word in ["warta", *words])
    code = f'COMP_WORDS=({quoted}); COMP_CWORD={len(words)}; _warta; printf "%s\\n" "${{COMPREPLY[@]}}"'
    assert wanted <= set(run("bash", code).split())


@pytest.mark.parametrize(("words", "wanted"), CASES, ids=lambda value: " ".join(sorted(value)))
def test_zsh_completes(words: list[str], wanted: set[str]) -> None:
    """zsh filters by what was typed itself; the script has to offer the right list."""
    quoted = " ".join(f"'{word}'" for word in ["warta", *words])
    code = (
        '_describe() { print -rl -- "${(@P)@[-1]}" }; _files() { print FILES }\n'
        f"words=({quoted}); CURRENT={len(words) + 1}; _warta"
    )
    offered = {line.partition(":")[0] for line in run("zsh", code).splitlines()}
    assert wanted <= offered


@pytest.mark.parametrize(("words", "wanted"), CASES, ids=lambda value: " ".join(sorted(value)))
def test_fish_completes(words: list[str], wanted: set[str]) -> None:
    found = run("fish", f"complete -C 'warta {' '.join(words)}'")
    assert wanted <= {line.split("\t")[0] for line in found.splitlines()}


def test_bash_offers_files_where_no_word_fits(tmp_path: Path) -> None:
    (tmp_path / "page.html").touch()
    code = f"cd {tmp_path}; COMP_WORDS=(warta explain pa); COMP_CWORD=2; _warta; echo $COMPREPLY"
    assert run("bash", code).strip() == "page.html"


@pytest.mark.parametrize("shell", SCRIPTS)
def test_every_command_and_option_is_in_every_script(shell: str) -> None:
    script = SCRIPTS[shell](LEVELS)
    for level in LEVELS:
        for word in (*level.commands, *level.options):
            assert word.text.removeprefix("--") in script
