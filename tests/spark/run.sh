#!/usr/bin/env bash
# Does the job of deploy/spark write what one machine writes? Runs it on a real Spark:
# two executors, each a process with workers of its own, over 1, 2 and 4 shares, and
# compares the files with those of `adminline run`, byte by byte.
#
#     tests/spark/run.sh [BINARY]
#
# Needs Java 17 or newer (else it is skipped) and Python 3.10 or newer; installs
# pyspark into target/spark. Takes about a minute on two free cores.
set -euo pipefail
cd "$(dirname "$0")/../.."
binary=$(realpath "${1:-target/release/adminline}")
for name in $(compgen -e | grep '^ADMINLINE_' || true); do unset "$name"; done

if ! command -v java >/dev/null; then
  echo "skipped: no Java"
  exit 0
fi

venv=$PWD/target/spark
if ! cmp -s deploy/spark/requirements.txt "$venv/requirements.txt"; then
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r deploy/spark/requirements.txt
  cp deploy/spark/requirements.txt "$venv/requirements.txt"
fi
export PYTHONDONTWRITEBYTECODE=1
export PATH="$venv/bin:$PATH" PYSPARK_PYTHON="$venv/bin/python3" SPARK_LOCAL_IP=127.0.0.1
unset SPARK_HOME PYTHONPATH

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { printf 'FAILED: %s\n' "$*" >&2; tail -n 60 "$work/log" >&2 || true; exit 1; }

python3 tests/spark/job_test.py

python3 benches/reports/generate.py 240 >"$work/reports.jsonl"
python3 tests/spark/input.py "$work/reports.jsonl" "$work/in"
status=0
(cd "$work" && "$binary" run in -o one -qq) || status=$?
[ "$status" = 3 ] || fail "the run on one machine ended with $status"

# Two executors with a core each, which are processes of their own.
submit() {
  local status=0
  (cd "$work" && timeout 600 spark-submit --master 'local-cluster[2,1,1024]' \
    --conf spark.ui.enabled=false --conf spark.executor.memory=512m --driver-memory 512m \
    --files "$binary" "$@") >"$work/log" 2>&1 || status=$?
  return $status
}
compare() {
  for file in incidents.geojson mentions.geojsonl uncoded.jsonl rejects.jsonl; do
    cmp "$work/one/$file" "$work/out-$1/$file" || fail "$file differs with $1 shares"
  done
}

job=$PWD/deploy/spark/adminline_job.py
status=0
submit "$job" --partitions 4 -o out-4 in || status=$?
[ "$status" = 3 ] || fail "the job ended with $status"
grep '^adminline_job: ' "$work/log" || fail "the job said nothing"
compare 4
# Both in one session, which is quicker.
submit --py-files "$job" "$PWD/tests/spark/shares.py" in 1 2 || fail "the job with fewer shares"
grep '^adminline_job: ' "$work/log" || fail "the job said nothing"
compare 1
compare 2
echo "3 passed, 0 failed"
