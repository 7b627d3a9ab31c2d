"""The process of one check: `python -m explorer.commands.doctor.child PLACE LIMIT`."""

import json
import signal
import sys
from importlib import import_module

from explorer.commands.doctor.finding import WRONG, Finding

SPARE = 5  # seconds; should whoever started this be gone, it ends by itself


def main(place: str, limit: float) -> None:
    """Prints what the check found, as JSON in one line."""
    if hasattr(signal, "alarm"):
        signal.alarm(round(limit) + SPARE)
    print(json.dumps([each.to_json() for each in findings(place)]), flush=True)


def findings(place: str) -> list[Finding]:
    """What a check found; a package that it needs and does not find is a finding too."""
    module, _, function = place.partition(":")
    try:
        found: list[Finding] = getattr(
            import_module(f"explorer.commands.doctor.checks.{module}"), function
        )()
    except ImportError as error:
        missing = error.name or "a package"
        return [
            Finding(
                "",
                f"not looked at: {missing.split('.')[0]} is missing or does not load",
                WRONG,
                "install the packages first",
                str(error),
            )
        ]
    except (OSError, ValueError, RuntimeError) as error:
        return [
            Finding(
                "",
                f"it could not be looked at ({_kind(error)})",
                WRONG,
                "send the report where this happens again",
                str(error),
            )
        ]
    return found


def _kind(error: Exception) -> str:
    return getattr(error, "strerror", None) or type(error).__name__


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
