"""`warta completion bash|zsh|fish`: a script that a shell reads, made from the very parser it completes.

Written here, not taken from a library: a hundred lines against one more dependency of every installation.
"""

import argparse
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
    """Something that can be completed, with its meaning."""

    text: str
    about: str
    takes_value: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Level:
    """One command, or the top: what may stand after it."""

    path: tuple[str, ...]
    options: tuple[Word, ...]
    commands: tuple[Word, ...]
    """Sub-commands, or the choices of the first position."""


def completion(args: argparse.Namespace, _: list[str]) -> int:
    """Print the script of one shell."""
    from warta.pipelines.cli.main import build_parser

    print(SCRIPTS[args.shell](list(levels(build_parser()))), end="")
    return 0


def levels(parser: argparse.ArgumentParser, path: tuple[str, ...] = ()) -> Iterator[Level]:
    """Yield the parser's own level, then those of its sub-commands, in order."""
    options, commands, below = [], [], []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            abouts = {one.dest: one.help or "" for one in action._choices_actions}
            commands += [Word(name, _line(abouts.get(name, ""))) for name in action.choices]
            below += [(sub, (*path, name)) for name, sub in action.choices.items()]
        elif action.option_strings and action.help != argparse.SUPPRESS:
            choices = tuple(str(one) for one in action.choices or ())
            name = action.option_strings[-1]
            options.append(Word(name, _line(action.help or ""), action.nargs != 0, choices))
        elif action.choices:
            commands += [Word(str(one), "") for one in action.choices]
    yield Level(path, tuple(options), tuple(commands))
    for sub, where in below:
        yield from levels(sub, where)


def bash(all_levels: list[Level]) -> str:
    """Return the script for bash 3.2 and later."""
    cases = "".join(
        f"    {shlex.quote(' '.join(level.path))}) words={shlex.quote(_words(level))} ;;\n"
        for level in all_levels
    )
    known = " ".join(shlex.quote(" ".join(level.path)) for level in all_levels if level.path)
    return f"""# bash completion of warta: eval "$(warta completion bash)"
_warta() {{
  local cur="${{COMP_WORDS[COMP_CWORD]}}" path="" word next known words="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="${{COMP_WORDS[i]}}"
    next="${{path:+$path }}$word"
    for known in {known}; do
      [[ "$known" == "$next" ]] && path="$next" && break
    done
  done
  case "$path" in
{cases}  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  [[ ${{#COMPREPLY[@]}} -gt 0 || "$cur" == -* ]] || COMPREPLY=($(compgen -f -- "$cur"))
}}
complete -o filenames -F _warta warta
"""


def zsh(all_levels: list[Level]) -> str:
    """Return the script for zsh."""
    cases = "".join(
        f"    {shlex.quote(' '.join(level.path))})\n"
        f"      options=({_described(level.options)})\n"
        f"      commands=({_described(level.commands)})\n      ;;\n"
        for level in all_levels
    )
    known = " ".join(shlex.quote(" ".join(level.path)) for level in all_levels if level.path)
    return f"""#compdef warta
# zsh completion of warta: eval "$(warta completion zsh)", after compinit
_warta() {{
  local warta_path="" word
  local -a options commands known
  known=({known})
  for word in "${{(@)words[2,CURRENT-1]}}"; do
    if (( ${{known[(Ie)${{warta_path:+$warta_path }}$word]}} )); then
      warta_path="${{warta_path:+$warta_path }}$word"
    fi
  done
  case "$warta_path" in
{cases}  esac
  if [[ "${{words[CURRENT]}}" == -* ]]; then
    _describe -o option options
  elif (( ${{#commands}} )); then
    _describe command commands
  else
    _files
  fi
}}
(( $+functions[compdef] )) && compdef _warta warta
"""


def fish(all_levels: list[Level]) -> str:
    """Return the script for fish."""
    lines = ["# fish completion of warta: warta completion fish | source", "complete -c warta -e"]
    for level in all_levels:
        below = [word.text for word in level.commands]
        here = " ".join(f"__fish_seen_subcommand_from {name};" for name in level.path).replace(
            "; __", "; and __"
        )
        not_below = f"not __fish_seen_subcommand_from {' '.join(below)}" if below else ""
        where = "; and ".join(part for part in (here.rstrip(";"), not_below) if part)
        condition = f" -n {shlex.quote(where)}" if where else ""
        for word in level.commands:
            lines.append(f"complete -c warta -f{condition} -a {word.text}{_fish_about(word)}")
        for word in level.options:
            flag = f"-l {word.text[2:]}" if word.text.startswith("--") else f"-s {word.text[1:]}"
            value = f" -x -a {shlex.quote(' '.join(word.choices))}" if word.choices else ""
            value = value or (" -r" if word.takes_value else "")
            lines.append(f"complete -c warta{condition} {flag}{value}{_fish_about(word)}")
    return "\n".join(lines) + "\n"


SCRIPTS = {"bash": bash, "zsh": zsh, "fish": fish}


def _words(level: Level) -> str:
    return " ".join(word.text for word in (*level.commands, *level.options))


def _described(words: tuple[Word, ...]) -> str:
    return " ".join(shlex.quote(f"{word.text}:{word.about}" if word.about else word.text) for word in words)


def _fish_about(word: Word) -> str:
    return f" -d {shlex.quote(word.about)}" if word.about else ""


def _line(text: str) -> str:
    """Return a help text as a short line without what shells read otherwise."""
    return re.sub(r"[:`'\"$\\]", "", " ".join(text.replace("%%", "%").split()))[:80]
