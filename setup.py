"""Name, version, dependencies and the mapping of rooms to `warta.<room>`.

The repository root is the package: each top-level folder is one sub-package of `warta`. The names
`pipelines`, `transforms` and `schemas` belong to other people on PyPI, so nothing is installed bare.
`pipelines/face` becomes `warta` itself: what `import warta` and `python -m warta` show.
Beam ships this file to workers (`--setup_file ./setup.py`).
"""

from pathlib import Path

from setuptools import find_packages, setup

ROOMS = {
    "schemas": "schemas",
    "transforms": "transforms",
    "pipelines": "pipelines",
    "newsroom": "deploy/newsroom",
}

DATA = ("toml", "md", "html", "json", "npz", "css", "js")
"""Kinds of data files that travel with the code: lexicons, models, the newsroom's pages, page templates."""

package_dir = {"warta": "pipelines/face"}
packages = ["warta"]
for room, folder in ROOMS.items():
    package_dir[f"warta.{room}"] = folder
    packages.append(f"warta.{room}")
    packages += [f"warta.{room}.{name}" for name in find_packages(folder) if name != "face"]

setup(
    name="warta",
    version="0.1.0",
    description="News feeds to a clean, deduplicated, queryable Parquet dataset, on Apache Beam",
    long_description=Path(__file__).with_name("README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    python_requires=">=3.11,<3.14",
    packages=packages,
    package_dir=package_dir,
    package_data={"": [f"{depth}*.{kind}" for depth in ("", "**/") for kind in DATA]},
    install_requires=[
        "apache-beam==2.77.0",
        "feedparser>=6.0.14,<7",
        "trafilatura>=2.3.1,<3",
        "langid==1.1.6",
        "pyarrow>=25,<26",
        "aiohttp>=3.14,<4",
        "protego>=0.7,<1",
        "pebble>=5.2,<6",
        "rich>=15,<16",
        "tzdata>=2026.1",
    ],
    extras_require={
        "archive": ["warcio>=1.8,<2"],
        "browse": ["duckdb>=2,<3"],
        "s3": ["boto3>=1.44,<2"],
        "delta": ["deltalake>=1.6,<2"],
        "iceberg": ["pyiceberg[sql-sqlite]>=0.12,<0.13"],
        "otel": ["opentelemetry-sdk>=1.45,<2", "opentelemetry-exporter-otlp-proto-http>=1.45,<2"],
        "bench": ["datasketch>=2,<3"],
        "test": [
            "pytest>=9,<10",
            "pytest-cov>=7,<8",
            "pytest-xdist>=3.8,<4",
            "hypothesis>=6.170,<7",
            "mypy>=2.4,<3",
            "ruff>=0.17,<0.18",
            "duckdb>=2,<3",
            "warcio>=1.8,<2",
            "polars>=2,<3",
            "pandas>=3,<4",
            "setuptools>=80",
            "pyyaml>=6,<7",
            "prometheus-client>=0.26,<1",
            "deltalake>=1.6,<2",
            "pyiceberg[sql-sqlite]>=0.12,<0.13",
            "boto3>=1.44,<2",
            "moto[s3]>=5.2,<6",
            "flask>=3.1,<4",
            "flask-cors>=6,<7",
            "opentelemetry-sdk>=1.45,<2",
            "opentelemetry-exporter-otlp-proto-http>=1.45,<2",
        ],
    },
    entry_points={"console_scripts": ["warta = warta.pipelines.cli.main:program"]},
)
