"""Job servers and engines, fetched once into `.cache/` through the package managers of their languages."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.environments import CannotBeMade, environment
from warta.pipelines.engines import beam_version

CACHE = Path(__file__).parents[2] / ".cache"
FLINK = "beam-runners-flink-2.2-job-server"
DISTRIBUTION = "apache-flink-libraries==2.2.1"
"""The Flink that Beam's runner for 2.2 is built against, as PyPI carries it: jars, 313 MB."""
PRISM = "github.com/apache/beam/sdks/v2/go/cmd/prism"
JAVA = "Java 17 (openjdk-17-jre-headless)"
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
EXIT_MISSING = 3
"""How a program ends that could not be run for want of another."""


class Missing(Exception):
    """Something that has to be installed or reached first; the message says what."""


def flink_job_server() -> Path:
    """Return the job server's jar, which embeds Flink.

    Raises:
      Missing: without Java or Maven, or when the repository does not have the jar.
    """
    _on_path("java", JAVA)
    _on_path("mvn", "Maven (maven)")
    version = beam_version()
    jar = CACHE / "flink" / f"{FLINK}-{version}.jar"
    if not jar.exists():
        artifact = f"org.apache.beam:{FLINK}:{version}"
        command = ["mvn", "-q", "-B", "-U", COPY, f"-Dartifact={artifact}", f"-DoutputDirectory={jar.parent}"]
        ended = subprocess.run([*command, "-Dstyle.color=never"], capture_output=True, text=True)
        if ended.returncode or not jar.exists():
            said = next((line for line in ended.stdout.splitlines() if "ERROR" in line), "no jar arrived")
            raise Missing(f"Maven did not deliver {artifact}: {said[:400]}")
    return jar


def flink_distribution() -> Path:
    """Return the folder of a Flink distribution: `lib`, `opt`, `plugins`.

    Raises:
      Missing: without Java, or when PyPI does not deliver it.
    """
    _on_path("java", JAVA)
    try:
        python = environment(CACHE / "flink" / "distribution", ("--no-deps", DISTRIBUTION))
    except CannotBeMade as error:
        raise Missing(f"PyPI did not deliver {DISTRIBUTION}: {error}") from error
    (home,) = python.parents[1].glob("lib/python*/site-packages/pyflink")
    return home


def prism() -> Path:
    """Return the Prism program.

    Raises:
      Missing: without Go, or when it cannot be built.
    """
    program = CACHE / "prism" / "prism"
    if not program.exists():
        _on_path("go", "Go (golang)")
        program.parent.mkdir(parents=True, exist_ok=True)
        environment = os.environ | {"GOBIN": str(program.parent)}
        command = ["go", "install", f"{PRISM}@v{beam_version()}"]
        ended = subprocess.run(command, env=environment, capture_output=True, text=True)
        if ended.returncode:
            raise Missing(f"{' '.join(command)} failed: {ended.stderr.strip()[-400:]}")
    return program


def _on_path(program: str, package: str) -> None:
    if not shutil.which(program):
        raise Missing(f"no `{program}` on the path: install {package}")
