#!/usr/bin/env bash
# One bounded run on Google Cloud Dataflow. Checked by building the job graph; never submitted by our tests.
#   PROJECT=my-project REGION=asia-southeast2 BUCKET=gs://my-bucket deploy/dataflow.sh
set -euo pipefail
: "${PROJECT:?name the project}" "${REGION:?name the region}" "${BUCKET:?name the bucket, gs://…}"
exec warta run \
  --feeds "${FEEDS:-deploy/feeds/indonesia.toml}" \
  --output "$BUCKET/warta" \
  --runner=DataflowRunner \
  --project="$PROJECT" --region="$REGION" \
  --temp_location="$BUCKET/tmp" --staging_location="$BUCKET/staging" \
  --sdk_container_image="${IMAGE:-$REGION-docker.pkg.dev/$PROJECT/warta/warta:0.1.0}" \
  --sdk_location=container --experiments=use_runner_v2 \
  --number_of_worker_harness_threads=1 --max_num_workers="${WORKERS:-10}"
