"""The states of a run, named once."""

QUEUED = "queued"
RUNNING = "running"
PAUSED = "paused"
FINISHED = "finished"
STOPPED = "stopped"
DIVERGED = "diverged"
FAILED = "failed"
INTERRUPTED = "interrupted"

ACTIVE = (QUEUED, RUNNING, PAUSED)
HELD_BY_A_LANE = (RUNNING, PAUSED)
RESUMABLE = (STOPPED, INTERRUPTED, FAILED)

WORDS = {
    QUEUED: "waiting its turn",
    RUNNING: "training",
    PAUSED: "paused",
    FINISHED: "finished",
    STOPPED: "stopped",
    DIVERGED: "diverged: its loss is no longer a finite number",
    FAILED: "failed",
    INTERRUPTED: "interrupted: its process ended before it was done",
}
