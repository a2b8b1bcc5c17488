"""Job servers and engines, fetched once into `.cache/` through the package managers of their languages."""

import os
import shutil
import subprocess
from pathlib import Path

from warta.pipelines.engines import beam_version

CACHE = Path(__file__).parents[2] / ".cache"
FLINK = "beam-runners-flink-2.2-job-server"
PRISM = "github.com/apache/beam/sdks/v2/go/cmd/prism"
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"


class Missing(Exception):
    """Something that has to be installed or reached first; the message says what."""


def flink_job_server() -> Path:
    """Return the job server's jar, which embeds Flink.

    Raises:
      Missing: without Java or Maven, or when the repository does not have the jar.
    """
    for program, package in (("java", "Java 17 (openjdk-17-jre-headless)"), ("mvn", "Maven (maven)")):
        if not shutil.which(program):
            raise Missing(f"no `{program}` on the path: install {package}")
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


def prism() -> Path:
    """Return the Prism program.

    Raises:
      Missing: without Go, or when it cannot be built.
    """
    program = CACHE / "prism" / "prism"
    if not program.exists():
        if not shutil.which("go"):
            raise Missing("no `go` on the path: install Go (golang)")
        program.parent.mkdir(parents=True, exist_ok=True)
        environment = os.environ | {"GOBIN": str(program.parent)}
        command = ["go", "install", f"{PRISM}@v{beam_version()}"]
        ended = subprocess.run(command, env=environment, capture_output=True, text=True)
        if ended.returncode:
            raise Missing(f"{' '.join(command)} failed: {ended.stderr.strip()[-400:]}")
    return program
