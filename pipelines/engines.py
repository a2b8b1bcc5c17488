"""Engines that run the graph outside of this process: what they need, checked before anything is fetched.

Without these checks Beam downloads what is missing, waits for minutes, or fails after the feeds were polled.
"""

import importlib.util
import os
import re
import secrets
import shutil
import socket
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

from warta.pipelines.options import Settings, UsageError, runner_of

EXTRAS = {
    "s3": ("boto3", "warta[s3]"),
    "gs": ("google.cloud.storage", "apache-beam[gcp]"),
    "dataflowrunner": ("google.cloud.storage", "apache-beam[gcp]"),
}
"""What an output's scheme or a runner needs: (module, what to install)."""
CONNECT_S = 5.0
"""What an engine on the same network gets to accept a connection."""
IN_PROCESS_MASTERS = ("[local]", "[auto]", "[collection]", "")
_ADDRESS = re.compile(r"(?:https?://)?([^/:]+|\[[^]]+\]):(\d+)/?")


def check_engine(settings: Settings) -> None:
    """Check what the chosen engine needs.

    Raises:
      UsageError: naming the option at fault and what to do.
    """
    scheme = urlsplit(settings.output).scheme
    _needs(f"--output {settings.output}", *EXTRAS.get(scheme, ()))
    if settings.is_local:
        return
    from apache_beam.options.pipeline_options import PipelineOptions

    said = PipelineOptions(list(settings.beam_args)).get_all_options()
    runner = runner_of(settings.beam_args).lower()
    _needs(f"--runner={runner_of(settings.beam_args)}", *EXTRAS.get(runner, ()))
    if said.get("job_endpoint"):
        _reach("--job_endpoint", said["job_endpoint"], "start the job server first")
    elif runner == "flinkrunner":
        _check_flink(said.get("flink_job_server_jar"), said.get("flink_master") or "")
    elif runner == "prismrunner":
        _check_prism(said.get("prism_location"))
    if str(said.get("environment_type")).upper() == "EXTERNAL":
        _reach(
            "--environment_config",
            said.get("environment_config") or "",
            "start `python -m apache_beam.runners.worker.worker_pool_main` there first",
        )


def check_workers_write(settings: Settings) -> None:
    """Have the engine's workers write a file into a local output, and look for it here.

    It costs a small job, so it is left out where workers are this process, or the output an object store.

    Raises:
      UsageError: when they cannot, or when what they write is not to be seen here.
    """
    if settings.is_local or "://" in settings.output:
        return
    from apache_beam.options.pipeline_options import PipelineOptions  # half a second, and readers wait for us

    where = PipelineOptions(list(settings.beam_args)).get_all_options().get("environment_type")
    if where not in (None, "LOOPBACK"):
        probe_workers(settings)


def probe_workers(settings: Settings) -> None:
    """Run the small job of `check_workers_write`."""
    import apache_beam as beam
    from apache_beam.options.pipeline_options import PipelineOptions

    path = Path(settings.output).expanduser().resolve() / f".probe-{secrets.token_hex(8)}"
    try:
        with beam.Pipeline(options=PipelineOptions(list(settings.beam_args))) as pipeline:
            pipeline | beam.Create([str(path)]) | "WriteProbe" >> beam.Map(write_probe)
    except Exception as error:  # each engine has its own; the last line says what its worker said
        said = str(error).strip().rpartition("\n")[2][:300]
        raise UsageError(
            f"--output {settings.output}: the engine's workers cannot write there: {said}"
        ) from None
    if not path.exists():
        raise UsageError(
            f"--output {settings.output}: the engine's workers write into a folder of their own; "
            "share this one with them, or take an object store (s3://, gs://)"
        )
    path.unlink()


def write_probe(path: str) -> str:
    """Write an empty file where a worker stands; the folder must be there already."""
    Path(path).touch()
    return path


def _needs(option: str, module: str = "", package: str = "") -> None:
    """Check that the optional `module` is installed."""
    try:
        missing = bool(module) and importlib.util.find_spec(module) is None
    except ModuleNotFoundError:  # a parent package is missing
        missing = True
    if missing:
        raise UsageError(f"{option}: needs {module}, which is not installed: pip install '{package}'")


def _check_flink(jar: str | None, master: str) -> None:
    if not jar:
        raise UsageError(
            "--runner=FlinkRunner: also give --flink_job_server_jar=PATH, or --job_endpoint=HOST:PORT of a "
            f"job server (org.apache.beam:beam-runners-flink-2.2-job-server:{beam_version()})"
        )
    if not urlsplit(jar).scheme:
        check_jar(Path(jar))
    if not shutil.which("java"):
        raise UsageError("--runner=FlinkRunner: no `java` on the path; install Java 17 or 11")
    if master not in IN_PROCESS_MASTERS:
        _reach("--flink_master", master, "start the Flink cluster first")


def check_jar(path: Path) -> None:
    """Check that `path` is a job server of the Beam in use.

    Raises:
      UsageError: when it is missing, no jar, or of another version.
    """
    if not path.is_file():
        raise UsageError(f"--flink_job_server_jar {path}: no such file")
    version = jar_version(path)
    if version != beam_version():
        found = f"is of Beam {version}" if version else "is no Beam job server"
        raise UsageError(
            f"--flink_job_server_jar {path}: {found}; this is Beam {beam_version()}, take the same version"
        )


def jar_version(path: Path) -> str:
    """Return the Beam version that a job server jar was built of; empty when it is none."""
    name = "META-INF/maven/org.apache.beam/"
    try:
        with zipfile.ZipFile(path) as jar:
            manifest = jar.read("META-INF/MANIFEST.MF").decode(errors="replace")
            is_beam = any(one.startswith((name, "org/apache/beam/runners/")) for one in jar.namelist())
            found = re.search(r"(?m)^Implementation-Version: *(\S+)", manifest)
            if found and is_beam:
                return found[1]
            properties = "org/apache/beam/sdk/sdk.properties"  # Beam's own note of its release
            if properties in jar.namelist():
                stated = re.search(r"(?m)^version=(\S+)", jar.read(properties).decode())
                return stated[1] if stated else ""
    except (zipfile.BadZipFile, KeyError, OSError):
        return ""
    return ""


def _check_prism(location: str | None) -> None:
    version = beam_version()
    if not location:
        raise UsageError(
            "--runner=PrismRunner: also give --prism_location=PATH, built by "
            f"`go install github.com/apache/beam/sdks/v2/go/cmd/prism@v{version}`"
        )
    if not urlsplit(location).scheme and not os.access(location, os.X_OK):
        raise UsageError(f"--prism_location {location}: no such program")


def _reach(option: str, address: str, advice: str) -> None:
    """Check that somebody listens at `address`."""
    found = _ADDRESS.fullmatch(address)
    if not found:
        raise UsageError(f"{option} {address}: write HOST:PORT")
    try:
        socket.create_connection((found[1].strip("[]"), int(found[2])), timeout=CONNECT_S).close()
    except (OSError, OverflowError) as error:
        raise UsageError(f"{option} {address}: cannot be reached ({error}); {advice}") from error


def beam_version() -> str:
    """Return the version of the Beam in use."""
    from importlib.metadata import version

    return version("apache-beam")
