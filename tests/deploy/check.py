"""The Kubernetes files against the API schemas of a PyPI tool: `make deploy-check`.

The tool knows Kubernetes' own kinds. No package ships the schema of FlinkDeployment: the fields used here are
held against the operator's documentation, by hand.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

DEPLOY = Path(__file__).parents[2] / "deploy" / "kubernetes"
TOOL = "kubernetes-validate==1.37.0"
FLINK_SPEC = {
    "image": str,
    "flinkVersion": str,
    "serviceAccount": str,
    "flinkConfiguration": dict,
    "podTemplate": dict,
    "jobManager": dict,
    "taskManager": dict,
}
FLINK_PART = {"resource": dict, "replicas": int, "podTemplate": dict}


def faults(flink: dict[str, Any]) -> list[str]:
    """Return what is wrong with a FlinkDeployment, as far as its documentation says."""
    found = [] if flink.get("apiVersion") == "flink.apache.org/v1beta1" else ["apiVersion"]
    spec = flink["spec"]
    found += [
        f"spec.{name}" for name, value in spec.items() if not isinstance(value, FLINK_SPEC.get(name, ()))
    ]
    for part in ("jobManager", "taskManager"):
        fields = spec.get(part, {})
        known = {name: isinstance(value, FLINK_PART.get(name, ())) for name, value in fields.items()}
        found += [f"spec.{part}.{name}" for name, fits in known.items() if not fits]
        if not {"memory", "cpu"} <= fields.get("resource", {}).keys():
            found.append(f"spec.{part}.resource")
    strings = spec["flinkConfiguration"].values()
    return found + ([] if all(isinstance(value, str) for value in strings) else ["spec.flinkConfiguration"])


def main() -> int:
    """Validate; return how many files failed."""
    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        for path in sorted(DEPLOY.glob("*.yaml")):
            for number, document in enumerate(yaml.safe_load_all(path.read_text())):
                if document["kind"] == "FlinkDeployment":
                    wrong = faults(document)
                    print(f"{path.name}: FlinkDeployment by hand: {wrong or 'no faults'}")
                    failed += bool(wrong)
                    continue
                one = Path(scratch) / f"{path.stem}-{number}.yaml"
                one.write_text(yaml.safe_dump(document))
                tool = [str(Path(sys.executable).parent / "uv"), "tool", "run", TOOL]
                failed += bool(subprocess.run([*tool, "--strict", str(one)], check=False).returncode)
    return failed


if __name__ == "__main__":
    sys.exit(main())
