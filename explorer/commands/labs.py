"""`python -m explorer lab`: a lab on the command line, by the same worker and store as the page."""

import argparse
import json
import sys
import time
from typing import Any

from tqdm import tqdm

from explorer.commands import writing
from explorer.commands.follow import BAR, LOOK_EVERY, WorkerWatch
from explorer.commands.selection import CommandError
from explorer.store import states
from explorer.store.comparisons import RunStore
from explorer.store.jobs.lab_question import Question
from explorer.store.jobs.net_source import Source, SourceError, title
from explorer.store.jobs.records import Job
from explorer.store.jobs.retention import LAB
from explorer.store.jobs.store import JobStore
from resnet.cli.places import replace_with
from resnet.images.fingerprint import fingerprint
from resnet.images.listing import FolderError, find
from resnet.labs import LABS
from resnet.settings import has_cifar10, image_folder, image_folder_label, memory_file
from resnet.spec import json_text
from resnet.spec.checks import quoted
from resnet.spec.recipe import DATA


def lab(options: argparse.Namespace) -> int:
    """Asks one question a net, waits, and prints what the page would say."""
    if options.name not in LABS:
        raise CommandError(f"there is no lab {options.name!r}; there are {', '.join(LABS)}")
    writing.check(options.json, writing.RESULTS, "--json")
    store = RunStore()
    jobs = JobStore(store)
    data = options.data or ("folder" if image_folder() else "cifar10" if has_cifar10() else "")
    data = data or "generated"
    label = image_folder_label() if data == "folder" else DATA[data]
    settings = dict(map(_setting, options.set))
    try:
        sources = [Source.parse(net) for net in options.nets or usual_nets(options.name)]
        images = (data, label, _known_by(data))
        asked = [Question(options.name, source, settings, *images) for source in sources]
        ids = [jobs.submit(LAB, each.payload(store)) for each in asked]
    except SourceError as error:
        raise CommandError(str(error)) from error
    found = [
        _followed(store, jobs, identity, title(source, store))
        for identity, source in zip(ids, sources, strict=True)
    ]
    answers = [job.result or {} for job in found]
    results = [LABS[options.name].result.from_plain(each["result"]) for each in answers]
    print(f"{LABS[options.name].title}  ({', '.join(dict.fromkeys(e['label'] for e in answers))})")
    for said in dict.fromkeys(each.get("images_note", "") for each in answers):
        if said:
            print(f"{said}")
    _print(options.name, results)
    took = ", ".join(f"{each['seconds']:.1f}" for each in answers)
    print(f"\n{took} seconds")
    if options.json:
        results_text = json.dumps([result.to_plain() for result in results])
        replace_with(options.json, results_text.encode())
    return 0


def _print(name: str, results: list[Any]) -> None:
    said = LABS[name].said(results)
    width = max((len(label) for label, _, _ in said.numbers), default=0)
    for label, value, note in said.numbers:
        print(f"  {label:<{width}}  {value:>12}  {note}")
    for sentence in said.sentences:
        print(f"\n{sentence}")


def _known_by(data: str) -> str:
    """The fingerprint of the folder's images. Raises CommandError where it cannot be read."""
    folder = image_folder()
    if data != "folder" or folder is None:
        return ""
    try:
        return fingerprint(find(folder), memory_file("folder", str(folder.resolve())))
    except FolderError as error:
        raise CommandError(str(error)) from error


def usual_nets(name: str) -> tuple[str, ...]:
    """The nets with which the page opens a lab."""
    asked = LABS[name]
    kind = "fresh" if asked.takes == "spec" or not asked.nets else "shipped"
    return tuple(f"{kind}:{net}" for net in asked.nets or ("plain56", "resnet56-A"))


def _setting(text: str) -> tuple[str, Any]:
    """ "side=17" or 'off=["stage1.block2"]': a value is JSON, else a word."""
    name, equals, value = text.partition("=")
    if not equals:
        raise CommandError(f"{quoted(text)} is no setting; write it as name=value, as side=17")
    try:
        return name, json_text.read(value)
    except ValueError:
        return name, value


def _followed(store: RunStore, jobs: JobStore, identity: int, net: str) -> Job:
    """The job when it has ended. Raises CommandError where it failed, or was stopped."""
    watch = WorkerWatch(store)
    with tqdm(total=1.0, bar_format=BAR, file=sys.stderr, desc=net, leave=False) as bar:
        while (look := jobs.look(identity)) is not None and look.active:
            words = watch.look() or look.message or "waiting"
            bar.set_description_str(f"{net}: {words}", refresh=False)
            bar.update(look.share - bar.n)
            time.sleep(LOOK_EVERY)
    job = jobs.job(identity)
    if job is None or job.state != states.FINISHED or job.result is None:
        raise CommandError(f"{net}: {job.message if job else 'the job was deleted meanwhile'}")
    return job
