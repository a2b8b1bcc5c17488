"""An hourly run and a nightly compaction as an Airflow DAG. Needs `warta` on the workers' PATH."""

from datetime import datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

FEEDS = "/etc/warta/feeds.toml"
OUTPUT = "/var/lib/warta"

with DAG(
    "warta",
    schedule="0 * * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,  # one writer per output
    default_args={"retries": 0, "execution_timeout": timedelta(minutes=50)},
) as dag:
    run = BashOperator(
        task_id="run",
        bash_command=f"warta run --feeds {FEEDS} --output {OUTPUT} --max-run-s 2400 --log-json",
    )
    verify = BashOperator(task_id="verify", bash_command=f"warta verify {OUTPUT}")
    run >> verify
