"""Recordings of lessons as the tables of docs/RESULTS.md, and as the curves of spread.json.

Every figure comes from the recordings, so that a test can make the tables again from what ships.
"""

import re
import textwrap
from collections import Counter
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from statistics import fmean, median

from explorer.files.recordings import Recording
from explorer.report import verdicts
from explorer.store import states
from explorer.store.records import Run, StoredRow
from explorer.worker.worker import MAX_LANES
from resnet.cost.sharing import share_out
from resnet.lessons import LESSONS
from resnet.lessons.measures import fade
from resnet.spec.names import Entry, curve, curve_names
from resnet.verdict.recorded import RecordedCurve

GENERATED = "degradation-generated"
BY_GRADIENT = ("gradients", "activations")  # lessons that ask about gradients, not about errors
NOTHING = "not recorded"
WIDTH = 128  # letters in a line of the documents

Recordings = Mapping[str, Recording]


def curves_of(name: str, recording: Recording) -> list[RecordedCurve]:
    """The curves of a recording with the errors of the last test of every seed."""
    found: dict[Entry, dict[int, tuple[float, float]]] = {}
    ends: dict[Entry, set[int]] = {}
    images: dict[Entry, tuple[int | None, int | None]] = {}
    for each in recording.snapshot.histories:
        last, run = each.tests[-1], each.run
        assert last.train_error is not None and last.test_error is not None
        entry = curve(run.spec, run.recipe)
        found.setdefault(entry, {})[run.recipe.seed] = (last.train_error, last.test_error)
        ends.setdefault(entry, set()).add(last.iteration)
        images[entry] = _tested(last, run)
    made = (recording.commit, recording.machine, recording.data)
    curves = []
    for entry, errors in found.items():
        if len(ends[entry]) > 1:
            raise ValueError(f"{name}: seeds of {entry.net} ended at {sorted(ends[entry])}")
        (end,) = ends[entry]
        curves.append(RecordedCurve(name, entry, end, images[entry], errors, *made))
    return curves


def gradient_ratios(recording: Recording) -> dict[Entry, dict[int, float]]:
    """By curve and seed: the gradient of the first layer's weights over the last convolution's."""
    found: dict[Entry, dict[int, float]] = {}
    for result in verdicts.results(recording.snapshot):
        ratio = fade([result], str(result.entry.net))
        if ratio is not None:
            found.setdefault(curve(*result.entry), {})[result.entry.recipe.seed] = ratio
    return found


def seconds_by_seed(recording: Recording) -> dict[int, float]:
    """By the clock: what the lane of a seed that had most to do spent on its nets, tests included.

    Nets take turns in a lane, so this is how long the seed trained.
    """
    found = {}
    for seed in recording.seeds:
        runs = [run for run in recording.snapshot.comparison.runs if run.recipe.seed == seed]
        shares = share_out([run.spec for run in runs], _lanes(runs[0]))
        found[seed] = max(sum(runs[index].seconds for index in share) for share in shares)
    return found


def all_finished(recording: Recording) -> bool:
    return all(run.state == states.FINISHED for run in recording.snapshot.comparison.runs)


def blocks(recordings: Recordings) -> dict[str, str]:
    """What stands in docs/RESULTS.md between the markers of these names."""
    return {"degradation": _degradation(recordings), "lessons": _lessons(recordings)}


def with_block(text: str, name: str, block: str) -> str:
    """A page with what stands between its markers replaced. Raises ValueError without markers."""
    begin, end = f"<!-- {name} begin -->", f"<!-- {name} end -->"
    if text.count(begin) != 1 or text.count(end) != 1:
        raise ValueError(f"the page needs the lines {begin} and {end} once each")
    before, rest = text.split(begin)
    return f"{before}{begin}\n{block}\n{end}{rest.split(end)[1]}"


def points(value: float, digits: int = 1) -> str:
    """A percentage as tables print it: 2.35 is 2.4."""
    exact = Decimal(repr(round(value, 6)))
    return str(exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def ratio_words(ratio: float) -> str:
    """Two digits: 1500, 9.3, 0.46; one where it is next to nothing: 2e-11."""
    if ratio < 0.001:
        return f"{ratio:.0e}".replace("e-0", "e-")
    return f"{float(f'{ratio:.2g}'):g}"


def by_seed(values: Mapping[int, float]) -> str:
    return " · ".join(points(values[seed]) for seed in sorted(values))


def _degradation(recordings: Recordings) -> str:
    """Every seed of the lesson on the folder's images and on generated ones."""
    photos, generated = (
        {each.entry.net: each for each in curves_of(name, recordings[name])}
        if name in recordings
        else {}
        for name in ("degradation", GENERATED)
    )
    label = recordings["degradation"].data if photos else "photographs"
    lines = [
        f"| net | {label}: training error | mean | test error | generated images: training error "
        "| mean |",
        "|---|---|---|---|---|---|",
    ]
    for net in LESSONS["degradation"].nets:
        cells = [
            *_cells(photos.get(net), 0),
            _cells(photos.get(net), 1)[0],
            *_cells(generated.get(net), 0),
        ]
        lines.append(f"| {net.title} | {' | '.join(cells)} |")
    made = {name: recordings[name] for name in ("degradation", GENERATED) if name in recordings}
    times = "; ".join(
        f"{each.data} {' · '.join(f'{taken:.0f}' for taken in seconds_by_seed(each).values())}"
        for each in made.values()
    )
    said = f"Errors for {_seeds(made)}, in percent. Seconds of a seed by the clock: {times}."
    return "\n".join([*lines, "", _wrapped(f"{said} {_made_by(made)}")])


def _cells(found: RecordedCurve | None, part: int) -> tuple[str, str]:
    """An error of every seed, and their mean; part 0 is the training error, 1 the test error."""
    if found is None:
        return NOTHING, ""
    errors = {seed: pair[part] for seed, pair in found.errors.items()}
    return by_seed(errors), f"**{points(fmean(errors.values()))}**"


def _lessons(recordings: Recordings) -> str:
    lines = ["| lesson | what came out | which answer came true | seconds |", "|---|---|---|---|"]
    made = {}
    for name, lesson in LESSONS.items():
        if lesson.seconds is None:
            continue
        head = f"`{name}`: {lesson.title}, {lesson.recipe.iterations} iterations"
        recording = recordings.get(name)
        if recording is None:
            lines.append(f"| {head} | {NOTHING} | | |")
            continue
        made[name] = recording
        out = "above" if name == "degradation" else _came_out(name, recording)
        taken = median(seconds_by_seed(recording).values())
        lines.append(f"| {head} | {out} | {_answer(recording)} | {taken:.0f} |")
    said = (
        f"Training errors after the last iteration for {_seeds(made)}, in percent; of the lessons "
        "about gradients, the gradient of the first layer's weights over that of the last "
        "convolution's at the first mini-batch. Seconds are those of one seed by the clock, the "
        "median: what the lane that had most to do spent on its nets, tests included. "
        f"{_made_by(made)}"
    )
    return "\n".join([*lines, "", _wrapped(said)])


def _came_out(name: str, recording: Recording) -> str:
    """Every curve with its figure of every seed."""
    if name in BY_GRADIENT:
        words = {
            entry: " · ".join(ratio_words(ratios[seed]) for seed in sorted(ratios))
            for entry, ratios in gradient_ratios(recording).items()
        }
    else:
        words = {
            each.entry: by_seed({seed: train for seed, (train, _) in each.errors.items()})
            for each in curves_of(name, recording)
        }
    names = curve_names(list(words))
    return "; ".join(f"{names[entry]}: {figures}" for entry, figures in words.items())


def _answer(recording: Recording) -> str:
    """The choice that came true over all seeds, as on the page."""
    lesson = LESSONS[recording.lesson]
    answer = lesson.answer(verdicts.results(recording.snapshot))
    return "these seeds cannot tell" if answer is None else lesson.choices[answer]


def _seeds(recordings: Recordings) -> str:
    """ "seeds 0 · 1 · 2"; where recordings have others, those of most."""
    counted = Counter(each.seeds for each in recordings.values()).most_common(1)
    seeds = counted[0][0] if counted else ()
    return f"seed{'s' * (len(seeds) != 1)} {' · '.join(map(str, seeds))}"


def _made_by(recordings: Recordings) -> str:
    """What recorded these: commit, machine and images, once for all that share them."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for name, each in recordings.items():
        groups.setdefault((each.commit, each.machine, each.data), []).append(f"`{name}`")
    parts = [
        f"{', '.join(names)}: {data}, {machine}, {f'commit `{commit}`' if commit else 'no commit'}"
        for (commit, machine, data), names in groups.items()
    ]
    return f"Recorded by `make results`. {'; '.join(parts)}."


def _wrapped(text: str) -> str:
    return textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def _tested(last: StoredRow, run: Run) -> tuple[int | None, int | None]:
    """On how many training and test images the last errors of a run were measured.

    Rows of older programs do not say; there it is what the recipe asks for.
    """
    recipe = run.recipe
    asked = recipe.final_images if last.iteration == recipe.iterations else recipe.test_images
    few = min((count for count in (asked, recipe.images) if count is not None), default=None)
    return last.train_images or few, last.test_images or asked


def _lanes(run: Run) -> int:
    """How many lanes trained it: one a core, or one on a GPU."""
    cores = re.search(r"(\d+) cores", run.device)
    return min(int(cores[1]), MAX_LANES) if cores else 1
