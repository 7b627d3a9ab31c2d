"""Asks the Python Package Index for known faults of what is installed here, by pip-audit.

Ends with 1 where there is one, and says which version mends it; without a network it says that
nothing was asked, and ends with 0.
"""

import json
import subprocess
import sys

UNREACHED = ("ConnectionError", "Connection refused", "Max retries", "timed out", "ProxyError",
             "NameResolutionError", "NewConnectionError", "Failed to establish",
             "ServiceError", "HTTPError")  # fmt: skip
COMMAND = ("-m", "pip_audit", "--skip-editable", "--progress-spinner", "off", "--format", "json")


def main() -> int:
    asked = subprocess.run([sys.executable, *COMMAND], capture_output=True, text=True)
    try:
        packages = json.loads(asked.stdout)["dependencies"]
    except (ValueError, KeyError):
        if any(words in asked.stderr for words in UNREACHED):
            print("Known faults of packages were not looked up: the index cannot be reached.")
            return 0
        print(f"pip-audit could not be run: {asked.stderr.strip()[-2000:]}", file=sys.stderr)
        return 1
    faults = [(each, fault) for each in packages for fault in each.get("vulns", ())]
    for package, fault in faults:
        mended = ", ".join(fault["fix_versions"]) or "no version yet"
        print(f"{package['name']} {package['version']}: {fault['id']}, mended by {mended}")
    looked_up = sum("vulns" in each for each in packages)
    print(f"{len(faults)} known faults in {looked_up} packages.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
