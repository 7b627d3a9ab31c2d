"""Commands that train: train, resume, watch, stop, record."""

import argparse
import sys

from explorer.commands import writing
from explorer.commands.follow import WorkerWatch, follow
from explorer.commands.printing import print_outcome
from explorer.commands.selection import CommandError, chosen, snapshot_of, states_of
from explorer.files.format import pack
from explorer.report import table
from explorer.store import states
from explorer.store.comparisons import RunStore
from explorer.store.launch import LaunchRequest, launch
from explorer.store.requests import ControlRequests
from explorer.store.snapshots import Snapshot
from explorer.worker import control
from resnet.cli.arguments import entries_wanted
from resnet.cli.places import replace_with
from resnet.lessons import LESSONS
from resnet.settings import image_folder, image_folder_classes, image_folder_label

DONE = (states.FINISHED, states.DIVERGED)


def train(options: argparse.Namespace) -> int:
    writing.check(options.csv, writing.TABLE, "--csv")
    writing.check(options.export, writing.COMPARISON, "--export")
    store = RunStore()
    identity = _submit(store, options, options.title)
    if options.detach:
        return _leave(store, identity)
    snapshot = _follow(store, identity)
    if options.csv:
        replace_with(options.csv, table.csv_text(snapshot).encode())
    if options.export:
        replace_with(options.export, pack(snapshot))
    return _conclude(snapshot)


def record(options: argparse.Namespace) -> int:
    if bool(options.id) == bool(options.lesson):
        raise CommandError(
            "a recording is made of one thing; give the id of a comparison that has ended, or "
            "--lesson and its name"
        )
    writing.check(options.file, writing.COMPARISON)
    store = RunStore()
    if options.id:
        snapshot = snapshot_of(store, chosen(store, options.id).id)
    else:
        snapshot = _follow(store, _submit(store, options, None))
    comparison = snapshot.comparison
    if comparison.lesson is None:
        raise CommandError(
            f"{comparison.title!r} is not a lesson, and only lessons are replayed; "
            f"python -m explorer export {comparison.id} keeps it"
        )
    if comparison.active or any(run.state == states.FAILED for run in comparison.runs):
        raise CommandError(
            f"{comparison.title!r} has not ended: its nets are {states_of(comparison)}; "
            f"python -m explorer resume {comparison.id} carries on"
        )
    packed = pack(snapshot, machine=options.machine, recording=True)
    replace_with(options.file, packed)
    print_outcome(snapshot)
    print(f"\n{options.file}: {len(packed) / 1000:,.0f} kB")
    return 0


def resume(options: argparse.Namespace) -> int:
    store = RunStore()
    found = chosen(store, options.id)
    if not (found.resumable or found.active or found.origin):
        raise CommandError(
            f"{found.title!r} has nothing to resume: its nets are {states_of(found)}; "
            "train it anew, or extend it on the Train page"
        )
    ControlRequests(store).resume(found.id)
    if options.detach:
        return _leave(store, found.id)
    return _conclude(_follow(store, found.id))


def watch(options: argparse.Namespace) -> int:
    store = RunStore()
    return _conclude(_follow(store, chosen(store, options.id).id))


def stop(options: argparse.Namespace) -> int:
    store = RunStore()
    found = chosen(store, options.id)
    if not found.active:
        raise CommandError(f"{found.title!r} does not train: its nets are {states_of(found)}")
    ControlRequests(store).stop(found.id)
    print(f"{found.id} stops after the mini-batch it is at; it is saved, and can be resumed")
    return 0


def _submit(store: RunStore, options: argparse.Namespace, title: str | None) -> str:
    """Queues what the arguments describe, and says so."""
    entries = entries_wanted(options)
    recipe = entries[0].recipe
    _check_images(store, recipe.data)
    lesson = (
        LESSONS[options.lesson] if options.lesson and not getattr(options, "nets", ()) else None
    )
    request = LaunchRequest(
        title or (lesson.title if lesson else ""),
        tuple(entries),
        lesson.name if lesson else None,
        recipe.seed,
        options.seeds,
    )
    identity = launch(store, request, recipe.data, image_folder_classes())
    print(f"{identity}  {chosen(store, identity).title}", flush=True)
    return identity


def _check_images(store: RunStore, data: str) -> None:
    """A worker has the images that it was started with, which may be others than named here."""
    if data != "folder":
        return
    if image_folder() is None:
        raise CommandError(
            "no folder of images is named; set RESNET_DATA to one, or choose --data cifar10"
        )
    report = store.reported("worker")
    if report is None or not control.is_alive(store):
        return
    theirs, ours = report[0].get("folder"), image_folder_label()
    where, named = report[0].get("folder_at"), image_folder()
    if theirs == ours and named and where not in (None, str(named.absolute())):
        theirs, ours = where, str(named.absolute())
    if theirs != ours:
        raise CommandError(
            f"the worker that is running has {theirs or 'no folder of images'}, not {ours}; "
            "end it with python -m explorer.worker --stop, then give this command again"
        )


def _follow(store: RunStore, identity: str) -> Snapshot:
    try:
        snapshot = follow(store, identity)
    except KeyboardInterrupt:
        print(
            f"\nexplorer: {identity} goes on without this window; "
            f"python -m explorer watch {identity} follows it again, "
            f"python -m explorer stop {identity} stops it",
            file=sys.stderr,
        )
        raise
    if snapshot is None:
        raise CommandError(f"the comparison {identity} was deleted meanwhile")
    return snapshot


def _leave(store: RunStore, identity: str) -> int:
    WorkerWatch(store).look()
    print(f"it trains in the background; python -m explorer watch {identity} follows it")
    return 0


def _conclude(snapshot: Snapshot) -> int:
    """Prints what came out; 1 where a net did not come to its end."""
    print_outcome(snapshot)
    return 0 if all(run.state in DONE for run in snapshot.comparison.runs) else 1
