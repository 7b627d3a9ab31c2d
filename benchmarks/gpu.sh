#!/usr/bin/env bash
# All that only a GPU can show: the recorded step against the eager one, speed, Figure 6 in full.
#
#   benchmarks/gpu.sh          works for at most 9 minutes, and carries on where it stopped;
#                              ends with 0 when all is done, with 75 while there is more to do
#   benchmarks/gpu.sh --tiny   the same on any machine, with tiny settings: tries the script itself
#
# OUT names the folder that it fills (benchmarks/out); RESNET_DATA the images, else CIFAR-10.
set -euo pipefail
cd "$(dirname "$0")/.."
exec "${PYTHON:-python3}" benchmarks/gpu.py "$@"
