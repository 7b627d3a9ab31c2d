#!/usr/bin/env bash
# All that only a GPU can show: the recorded step against the eager one, speed, Figure 6 in full.
#
#   benchmarks/gpu.sh          works for at most 9 minutes, and carries on where it stopped;
#                              ends with 0 when all is done, with 75 while there is more to do
#   benchmarks/gpu.sh --tiny   the same on any machine, with tiny settings: tries the script itself
#
# OUT      the folder that it fills (benchmarks/out): at most 8 files, of at most 16 MiB
# FROM     a folder with what an earlier call left there, to carry on from
# WHEELS   a folder of wheels to install first, where nothing can be fetched
# IMAGES   an archive with train/<class>/* and test/<class>/*, unpacked first; else RESNET_DATA names
#          a folder of images, else the generated set is trained on
set -euo pipefail
cd "$(dirname "$0")/.."
export OUT="${OUT:-benchmarks/out}" PYTHONUNBUFFERED=1
python="${PYTHON:-python3}"
near="${TMPDIR:-/tmp}/resnet-gpu"
mkdir -p "$OUT" "$near"
export RESNET_HOME="${RESNET_HOME:-$near/home}"
if [ -n "${WHEELS:-}" ]; then
  "$python" -m pip install -q --no-index --no-deps --no-compile --no-cache-dir --upgrade \
    --target "$near/site" "$WHEELS"/*.whl
  export PYTHONPATH="$near/site:$PWD${PYTHONPATH:+:$PYTHONPATH}"
else
  export PYTHONPATH="$PWD${PYTHONPATH:+:$PYTHONPATH}"
fi
if [ -n "${FROM:-}" ]; then cp "$FROM"/* "$OUT"/; fi
if [ -n "${IMAGES:-}" ]; then
  export RESNET_DATA="$near/images"
  if [ ! -d "$RESNET_DATA" ]; then  # beside the checks and measurements, which need none of it
    (mkdir -p "$near/unpacked" && tar xf "$IMAGES" -C "$near/unpacked" && mv "$near/unpacked" "$RESNET_DATA" \
      && "$python" -c "from resnet.data import load; load('folder')") &
  fi
fi
"$python" benchmarks/gpu.py "$@"
