"""Commands for what is kept: list, show, export, import."""

import argparse

from explorer.commands import writing
from explorer.commands.printing import in_columns, print_outcome
from explorer.commands.selection import CommandError, chosen, seeds_of, snapshot_of, states_of, when
from explorer.files.command_line import command_of
from explorer.files.format import MAX_FILE, pack, unpack
from explorer.files.importing import import_comparison
from explorer.report import progress, table
from explorer.report.estimates import machine_throughput
from explorer.store.comparisons import RunStore
from explorer.store.errors import last_errors
from resnet.cli.places import replace_with

HEAD = ("id", "title", "lesson", "seeds", "state", "done", "created", "training error, %")


def list_all(options: argparse.Namespace) -> int:
    store = RunStore()
    found = [each for each in store.comparisons() if options.all or not each.archived]
    if not found:
        print("nothing is here yet; python -m explorer train --lesson degradation begins")
        return 0
    errors = last_errors(store)
    lines = [HEAD]
    for each in found:
        measured = [errors[run.id][0] for run in each.runs if run.id in errors]
        words = " ".join("none" if error is None else f"{error:.1f}" for error in measured)
        lines.append(
            (
                each.id,
                _cut(each.title, 32),
                each.lesson or "",
                seeds_of(each),
                states_of(each),
                f"{100 * progress.progress(each)[0]:.0f} %",
                when(each),
                _cut(words, 48),
            )
        )
    print(in_columns(lines, to_the_right=("done",)))
    return 0


def show(options: argparse.Namespace) -> int:
    store = RunStore()
    found = chosen(store, options.id)
    snapshot = snapshot_of(store, found.id)
    print(f"{found.id}  {found.title}")
    seed = "seed" if len(found.seeds) == 1 else "seeds"
    for name, words in (
        ("state", f"{states_of(found)}, {progress.progress(found, machine_throughput(store))[1]}"),
        ("created", f"{when(found)}, {seed} {seeds_of(found)}"),
        ("lesson", found.lesson or ""),
        ("from", found.origin),
        ("tags", ", ".join(found.tags)),
        ("note", " ".join(found.note.split())),
        ("images", next((run.data for run in found.runs if run.data), "")),
        ("machine", next((run.device for run in found.runs if run.device), "")),
        ("made by", command_of(snapshot)),
    ):
        if words:
            print(f"{name:<9}{words}")
    for event in snapshot.events:
        run = next(run for run in found.runs if run.id == event.run)
        value = "" if event.value is None else f" {event.value:g}"
        print(f"{event.kind + value:<16} {run.spec.title}, at iteration {event.iteration:,}")
    print_outcome(snapshot)
    return 0


def export(options: argparse.Namespace) -> int:
    writing.check(options.file, writing.TABLE if options.csv else writing.COMPARISON)
    store = RunStore()
    snapshot = snapshot_of(store, chosen(store, options.id).id)
    content = table.csv_text(snapshot).encode() if options.csv else pack(snapshot)
    replace_with(options.file, content)
    print(f"{options.file}: {len(content) / 1000:,.0f} kB")
    return 0


def import_(options: argparse.Namespace) -> int:
    if options.file.exists() and not options.file.is_file():
        raise CommandError(f"{options.file} is no file; name one that export wrote")
    if options.file.stat().st_size > MAX_FILE:
        raise CommandError(
            f"{options.file} is larger than the {MAX_FILE >> 20} MB that a comparison may have"
        )
    contents = unpack(options.file.read_bytes())
    identity = import_comparison(RunStore(), contents)
    print(f"{identity}  {contents.comparison.title}, from {contents.comparison.origin}")
    return 0


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 3]}..."
