"""`make bench`: `warta run` against what people would otherwise write or take, interleaved in one run.

    python -m tests.bench.bench_speed [--pages 500] [--rounds 3] [--only bare lean …] [--generated]

Every contender reads the same pages from one loopback world. warta does all it does for a user (feeds,
robots rules, boilerplate, language, topic, duplicates, stories, commit, report page); peers get the list of
page addresses. Each lives in an environment of its own under .cache/bench, made on demand with uv; a peer is
left out with a word when that fails. Figures are medians; ratios are the medians of each round's ratio to
`bare`.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from statistics import median
from string import punctuation
from urllib.parse import quote
from urllib.request import ProxyHandler, build_opener

from tests.bench.speed_world import World, serve_pages
from tests.environments import UV, CannotBeMade, environment
from warta.transforms.extract.tree import decode

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".cache" / "bench"
PEERS = Path(__file__).parent / "peers"
BARE = "bare"
TRAFILATURA = "trafilatura==2.3.1"
"""The release that warta itself is built on: versions apart, not versions, are compared."""


@dataclass(frozen=True, slots=True)
class Peer:
    """One peer: its file, what its environment needs, what is said about it."""

    about: str
    script: str
    packages: tuple[str, ...]
    flags: tuple[str, ...] = ()
    fetched: bool = False
    """Whether it is given the pages, fetched beforehand, in place of their addresses."""


_LOOP = (TRAFILATURA, "aiohttp", "datasketch", "pyarrow<26")
_TROVE = (
    *("datatrove[io]==0.10.1", TRAFILATURA, "xxhash<4", "spacy", "tokenizers", "nltk", "ftfy", "tldextract"),
    *("inscriptis", "pyahocorasick", "regex", "fasteners"),
)
"""Its extra "processing" would bring the trafilatura of two years ago: versions apart are not compared."""
_BEAM = ("apache-beam==2.77.0", "pyarrow<26", TRAFILATURA, "requests")
CONTENDERS = {
    BARE: Peer("(a) bare loop: aiohttp, trafilatura pool, MinHash, pyarrow", "bare_loop.py", _LOOP),
    "lean": Peer("(b) lean loop: fast, no metadata", "bare_loop.py", _LOOP, ("--lean",)),
    "command": Peer("(c) the trafilatura command, JSON", "trafilatura_command.py", (TRAFILATURA,)),
    "scrapy": Peer("(d) Scrapy, trafilatura in an item pipeline", "scrapy_items.py", ("scrapy", TRAFILATURA)),
    "datatrove": Peer(
        "(e) datatrove's local pipeline, on pages already fetched", "datatrove_local.py", _TROVE, fetched=True
    ),
    "newspaper": Peer("(f) newspaper4k", "newspaper_pool.py", ("newspaper4k[all]", "lxml_html_clean")),
    "newsplease": Peer("(g) news-please", "newsplease_urls.py", ("news-please",)),
    "beam": Peer("(h) naive Beam, in memory", "naive_beam.py", _BEAM),
    "beam2": Peer("(h) naive Beam, two processes", "naive_beam.py", _BEAM, ("--processes",)),
}


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    disk_kb: float


def main() -> int:
    """Serve the world, run the rounds, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, nargs="+", default=[500], help="sizes of the world")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*", choices=CONTENDERS, default=list(CONTENDERS))
    parser.add_argument("--generated", action="store_true", help="generated pages even beside the corpus")
    args = parser.parse_args()
    own = installed_warta()
    pythons = {name: python for name in args.only if (python := interpreter(name, CONTENDERS[name]))}
    curve: dict[int, Cost] = {}
    for pages in args.pages:
        with (
            serve_pages(pages, generated=args.generated) as world,
            tempfile.TemporaryDirectory(prefix="warta-bench-") as scratch,
        ):
            runs: dict[str, Callable[[Path], list[str]]] = {"warta": lambda place: warta(world, place, own)}
            for name, python in pythons.items():
                runs[name] = _peer_run(world, CONTENDERS[name], python, Path(scratch))
            print(f"\n{pages} {world.kind}, {args.rounds} rounds, load {os.getloadavg()[0]:.1f}", flush=True)
            costs = rounds(runs, args.rounds, Path(scratch))
        print_table(costs, pages)
        if costs["warta"]:
            curve[pages] = _medians(costs["warta"])
    if len(curve) > 1:
        print_curve(curve)
    return 0


def interpreter(name: str, peer: Peer) -> Path | None:
    """Return the interpreter of a peer's environment, made when it is not there; None when it cannot be."""
    try:
        return environment(CACHE / peer.script.removesuffix(".py"), peer.packages)
    except CannotBeMade as error:
        print(f"{name} left out, its environment cannot be made: {error}")
        return None


def installed_warta() -> str:
    """Install this checkout as a user would, without the tools of development; return its interpreter.

    Beam imports pandas where it finds it, and modules that were never compiled are compiled at each start:
    a development environment measures both.
    """
    peer = Peer("warta", "warta.py", ("pip",))
    python = interpreter("warta", peer)
    if python is None:
        return sys.executable
    install = [UV, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(python)]
    subprocess.run([*install, "--reinstall-package", "warta", str(ROOT)], check=True)
    return str(python)


def warta(world: World, place: Path, python: str) -> list[str]:
    """Return the command of a user's run."""
    command = [python, "-m", "warta", "run", "--quiet", "--feeds", str(world.served.feeds_file)]
    command += ["--output", str(place), "--allow-network", "127.0.0.0/8", "--min-delay-s", "0"]
    return command + [f"--connect-to={host}={target}" for host, target in world.served.connect_to]


def _peer_run(world: World, peer: Peer, python: Path, scratch: Path) -> Callable[[Path], list[str]]:
    if peer.fetched:
        pages = fetched_pages(world, scratch / "pages")
        script = str(PEERS / peer.script)
        return lambda place: [str(python), script, "--pages", str(pages), "--output", str(place)]
    urls = scratch / "urls.txt"
    urls.write_text("\n".join(world.urls), encoding="utf-8")
    command = [str(python), str(PEERS / peer.script), *peer.flags]
    return lambda place: [
        *command,
        "--urls",
        str(urls),
        "--port",
        str(world.served.port),
        "--output",
        str(place),
    ]


def fetched_pages(world: World, folder: Path) -> Path:
    """Fetch all pages into JSON lines (url, page), a file a core; return their folder."""
    folder.mkdir()
    opener = build_opener(ProxyHandler({"http": f"http://127.0.0.1:{world.served.port}"}))
    for part in range(cores := os.cpu_count() or 1):
        with (folder / f"{part}.jsonl").open("w", encoding="utf-8") as file:
            for url in world.urls[part::cores]:
                with opener.open(quote(url, safe=punctuation)) as answer:
                    page = decode(answer.read())
                file.write(json.dumps({"url": url, "page": page}) + "\n")
    return folder


def rounds(runs: dict[str, Callable[[Path], list[str]]], count: int, scratch: Path) -> dict[str, list[Cost]]:
    """Run everything `count` times in turn; every second round goes backwards."""
    costs: dict[str, list[Cost]] = {name: [] for name in runs}
    for number in range(count):
        for name in list(runs)[:: -1 if number % 2 else 1]:
            place = scratch / name
            shutil.rmtree(place, ignore_errors=True)
            if cost := measured(runs[name](place), place, scratch / f"{name}.log"):
                costs[name].append(cost)
                print(f"  round {number + 1} {name}: {cost.wall_s:.1f} s, {cost.cpu_s:.1f} CPU-s", flush=True)
    return costs


def measured(command: list[str], place: Path, log: Path) -> Cost | None:
    """Run one command and return its cost; None, with a word, when it failed."""
    result = log.with_suffix(".json")
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.lower().endswith("_proxy") and name != "PYTHONDONTWRITEBYTECODE"
    }
    with log.open("w") as output:
        done = subprocess.run(
            [sys.executable, str(Path(__file__).with_name("measured.py")), str(result), *command],
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=log.parent,
            env=clean,
        )
    if done.returncode:
        print(f"  {place.name} failed: {''.join(log.read_text().splitlines()[-1:])}")
        return None
    disk_kb = sum(path.stat().st_size for path in place.rglob("*") if path.is_file()) / 1000
    return Cost(**json.loads(result.read_text()), disk_kb=disk_kb)


def print_table(costs: dict[str, list[Cost]], pages: int) -> None:
    """Print medians and ratios to the bare loop; a ratio above 1 is faster, or cheaper."""
    print(f"{'':11}{'wall s':>8}{'CPU s':>8}{'ms/page':>9}{'peak MB':>9}{'disk kB':>9}", end="")
    print(f"{'× wall':>8}{'CPU of':>8}")
    bare = costs.get(BARE, [])
    for name, found in costs.items():
        if not found:
            continue
        usual = _medians(found)
        faster = _ratio((theirs.wall_s, ours.wall_s) for theirs, ours in zip(bare, found, strict=False))
        cheaper = _ratio((ours.cpu_s, theirs.cpu_s) for theirs, ours in zip(bare, found, strict=False))
        figures = f"{usual.wall_s:8.1f}{usual.cpu_s:8.1f}{1000 * usual.cpu_s / pages:9.1f}"
        figures += f"{usual.peak_mb:9.0f}{usual.disk_kb:9.0f}"
        print(f"{name:11}{figures}{faster:>8}{cheaper:>8}")
    for name in costs:
        if name in CONTENDERS:
            print(f"  {name}: {CONTENDERS[name].about}")
    if costs.get("command") and costs.get("warta"):
        share = _ratio((o.disk_kb, t.disk_kb) for o, t in zip(costs["warta"], costs["command"], strict=False))
        print(f"  on disk {share} of the trafilatura command's JSON (goal at most .25)")
    print("  × wall: how many times as fast as bare; CPU of: CPU seconds as a share of bare's")


def print_curve(costs: dict[int, Cost]) -> None:
    """Print how warta's cost grows with the work, against the smallest size."""
    least = min(costs)
    print("\nwarta as the work grows (goals: CPU a page within 5 % of 2,000 pages', peak at most 1.25 times)")
    for pages, cost in sorted(costs.items()):
        share = (cost.cpu_s / pages) / (costs[least].cpu_s / least)
        peak = cost.peak_mb / costs[least].peak_mb
        figures = f"{1000 * cost.cpu_s / pages:6.1f} CPU-ms a page ({share:.2f}), peak {cost.peak_mb:.0f} MB"
        print(f"{pages:8} pages {figures} ({peak:.2f})")


def _medians(costs: list[Cost]) -> Cost:
    return Cost(*(median(getattr(cost, field.name) for cost in costs) for field in fields(Cost)))


def _ratio(pairs: Iterable[tuple[float, float]]) -> str:
    shares = [one / other for one, other in pairs]
    return f"{median(shares):.2f}" if shares else "-"


if __name__ == "__main__":
    sys.exit(main())
