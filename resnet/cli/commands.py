"""What the command line does; `__main__` reads the arguments."""

import contextlib
import math
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from tqdm import tqdm

from resnet.cli.lanes import Lanes
from resnet.cli.places import check_folder
from resnet.cli.rows import Table
from resnet.cli.saved import (
    CommandError,
    check_places,
    reserved,
    trained_before,
)
from resnet.cli.terminal import lasting
from resnet.cost import cost
from resnet.cost.sharing import cores
from resnet.data import ImageSet, identity, load
from resnet.export import shipped, shipped_nets
from resnet.spec import NetSpec, Recipe
from resnet.spec.checks import check_number
from resnet.spec.names import Entry
from resnet.spec.net import for_classes
from resnet.spec.row import when_diverged
from resnet.train import Trainer, best_device, checkpoint
from resnet.verdict.standing import RunErrors, State, Test, standing
from resnet.verdict.verdict import evidence, verdict

MOST_LANES = 1024
KINDS = (".pt", shipped.ENDING)

__all__ = ["CommandError", "evaluate", "ship", "show_cost", "train"]


def show_cost(spec: NetSpec, image_size: int | None, layers: bool) -> None:
    """Prints the costs of a net, and those of every layer if asked."""
    costs = cost(spec, image_size)
    print(f"{spec.title} on {costs.plan.image_size}x{costs.plan.image_size} images")
    print(f"  parameters          {costs.parameters:>16,}")
    print(f"  MACs                {costs.macs:>16,}   multiply-adds, the paper's FLOPs")
    print(f"  activation memory   {costs.activation_bytes:>16,}   bytes, one image, fp32")
    print(f"  receptive field     {costs.receptive_field:>16,}   pixels, before the pooling")
    if layers:
        print(f"\n  {'layer':<34}{'kind':<14}{'output':>14}{'parameters':>14}{'MACs':>16}")
        for row in costs.layers:
            shape = "x".join(map(str, row.layer.out_shape))
            print(
                f"  {row.layer.name:<34}{row.layer.kind:<14}{shape:>14}"
                f"{row.parameters:>14,}{row.macs:>16,}"
            )


def train(
    nets: list[NetSpec], recipe: Recipe, table: Path | None, save: Path | None, lanes: int | None
) -> None:
    """Trains nets side by side, with a progress bar; prints their errors and a verdict.

    save  a folder for a checkpoint of each net, written every half minute, at the end and at
          Ctrl-C; a net that has one of the same recipe there goes on from it
    Raises KeyboardInterrupt at Ctrl-C, once all is saved.
    """
    if lanes is not None:
        check_number("--lanes", lanes, 1, MOST_LANES, whole=True)
    check_places(table, save)
    with lasting():
        _train(nets, recipe, table, save, lanes)


def _train(
    nets: list[NetSpec], recipe: Recipe, table: Path | None, save: Path | None, lanes: int | None
) -> None:
    images = load_images(recipe.data)
    nets = [for_classes(net, len(images.classes)) for net in nets]
    device = best_device()
    wanted = lanes or (cores() if device == "cpu" else 1)
    final: dict[NetSpec, dict[str, Any]] = {}
    diverged: dict[NetSpec, str] = {}
    with (
        reserved(save, nets, recipe),
        contextlib.closing(
            Table(
                table,
                recipe,
                before := trained_before(save, nets, recipe, images),
                alone=save is None,
            )
        ) as rows,
    ):
        print(images.headline(recipe))
        for spec, iteration in before.items():
            if iteration:
                of = f"{recipe.iterations:,} iterations"
                print(f"{spec.title} goes on after {iteration:,} of {of}")
        running = Lanes(nets, recipe, min(wanted, len(nets)), device, save)
        done = dict.fromkeys(nets, 0) | before
        with (
            tqdm(
                total=recipe.iterations * sum(cost(net).macs for net in nets),
                initial=sum(done[net] * cost(net).macs for net in nets),
                unit="",
                bar_format="{percentage:3.0f} %|{bar}| {elapsed}<{remaining} {postfix}",
            ) as bar,
            contextlib.closing(iter(running)) as coming,
        ):
            for spec, row in coming:
                bar.update((row["iteration"] - done[spec]) * cost(spec).macs)
                done[spec] = row["iteration"]
                if row["loss"] is not None and not math.isfinite(row["loss"]):
                    diverged[spec] = when_diverged(row["iteration"], recipe.log_every)
                if row["train_error"] is not None:
                    final[spec] = row
                    bar.set_postfix_str(f"{spec.title}: training error {row['train_error']:.1f} %")
                rows.add(spec, row)
    if running.stopped and any(iteration < recipe.iterations for iteration in done.values()):
        raise KeyboardInterrupt
    _conclude(final, diverged, recipe, images, save)
    if rows.lacking:
        raise CommandError(rows.lacking)


def evaluate(file: Path, data: str | None) -> None:
    """Prints the training and test error of a checkpoint, or of a shipped net, on an image set."""
    _must_be_a_file(file)
    if file.suffix.lower() == shipped.ENDING:
        _evaluate_shipped(file, data)
        return
    spec, recipe, state = checkpoint.load(file)
    recipe = replace(recipe, data=data or recipe.data, test_images=None, final_images=None)
    images = load_images(recipe.data)
    identity.check_classes(images, identity.classes_of(state), str(file))
    trainer = Trainer(spec, recipe, images)
    trainer.load_state(state)
    train_error, test_error = trainer.test(None)
    print(f"{spec.title} after {trainer.iteration:,} iterations, on {images.label}")
    _print_errors(train_error, len(trainer.batches.train), test_error, len(trainer.batches.test))


def _evaluate_shipped(file: Path, data: str | None) -> None:
    net, mean, about = shipped_nets.read(file)
    images = load_images(data or about.recipe.data)
    identity.check_classes(images, about.classes, str(file))
    print(f"testing {about.spec.title} on all images; this takes a while on a CPU", flush=True)
    tested = shipped_nets.errors(net, mean, about.recipe, images)
    print(f"{about.spec.title} after {about.iterations:,} iterations, on {images.label}")
    _print_errors(*tested)
    print(f"as shipped, on {about.data}:")
    _print_errors(about.train_error, about.train_images, about.test_error, about.test_images)


def ship(file: Path, folder: Path | None, data: str | None) -> None:
    """Writes the net of a checkpoint for shipping, and prints its errors as stored."""
    _must_be_a_file(file)
    spec, recipe, state = checkpoint.load(file)
    folder = folder or shipped.folder()
    check_folder(folder, "--to")
    images = load_images(data or recipe.data)
    shipped_nets.check_free(folder, spec, recipe, state["iteration"], images)
    print(f"testing {spec.title} on all images; this takes some minutes on a CPU", flush=True)
    written, about = shipped_nets.ship(file, folder, images)
    print(f"{written}, {written.stat().st_size:,} bytes")
    print(f"{spec.title} after {about.iterations:,} iterations, on {about.data}")
    _print_errors(about.train_error, about.train_images, about.test_error, about.test_images)


def _print_errors(train: float, train_images: int, test: float, test_images: int) -> None:
    print(f"  training error  {train:6.2f} %   {train_images:,} images")
    print(f"  test error      {test:6.2f} %   {test_images:,} images")


def _must_be_a_file(file: Path) -> None:
    if file.is_dir():
        inside = sorted(each.name for each in file.iterdir() if each.suffix in KINDS)
        there = f"name a file in it, as {inside[0]}" if inside else "there is no checkpoint in it"
        raise CommandError(f"{file} is a folder; {there}")
    if file.exists() and not file.is_file():
        raise CommandError(f"{file} is a device or a pipe; name a checkpoint")


def load_images(name: str) -> ImageSet:
    """An image set, with a progress bar where it takes a while. Raises DataError."""
    with tqdm(disable=None, leave=False) as bar:

        def progress(what: str, done: int, of: int) -> None:
            bar.set_description_str(what)
            bar.total, bar.n = of, done
            bar.refresh()

        return load(name, progress=progress)


def _conclude(
    final: dict[NetSpec, dict[str, Any]],
    diverged: dict[NetSpec, str],
    recipe: Recipe,
    images: ImageSet,
    save: Path | None,
) -> None:
    """
    final     the last tested row of each net
    diverged  when those nets did that have
    """
    print(f"\n{'net':<28}{'training error':>16}{'test error':>14}{'seconds':>10}")
    for spec, row in final.items():
        note = ""
        if spec in diverged:
            note = f"   at iteration {row['iteration']:,}; diverged {diverged[spec]}"
        print(
            f"{spec.title:<28}{row['train_error']:>14.2f} %{row['test_error']:>12.2f} %"
            f"{row['seconds']:>10.0f}{note}"
        )
    for spec in [spec for spec in diverged if spec not in final]:  # it went on and was not tested
        print(f"{spec.title:<28}{'-':>16}{'-':>14}{'-':>10}   diverged {diverged[spec]}")
    stands = standing(
        [
            RunErrors(
                Entry(spec, recipe),
                State.DIVERGED if spec in diverged else State.FINISHED,
                final[spec]["iteration"] if spec in final else 0,
                recipe.iterations,
                (Test(**{field.name: final[spec][field.name] for field in fields(Test)}),)
                if spec in final
                else (),
            )
            for spec in {**final, **diverged}
        ]
    )
    words = verdict(stands)
    if words:
        print(f"\n{words}\n{evidence(stands)}")
        print(f"{images.label}, seed {recipe.seed}; one seed.")
    if save:
        print(f"checkpoints are in {save}")
