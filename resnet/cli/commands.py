"""What the command line does; `__main__` reads the arguments."""

import contextlib
import math
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from tqdm import tqdm

from resnet.cli.lanes import Lanes
from resnet.cli.saved import CommandError, Table, reserved, trained_before
from resnet.cost import cost
from resnet.cost.sharing import cores
from resnet.data import DataError, ImageSet, identity, load
from resnet.export import shipped, shipped_nets
from resnet.spec import NetSpec, Recipe, SpecError
from resnet.spec.names import Entry
from resnet.spec.net import for_classes
from resnet.spec.row import when_diverged
from resnet.train import Trainer, best_device, checkpoint
from resnet.verdict.standing import RunErrors, State, Test, standing
from resnet.verdict.verdict import evidence, verdict

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
    images = _load(recipe.data)
    note = f"{images.label} ({images.note})" if images.note else images.label
    nets = [for_classes(net, len(images.classes)) for net in nets]
    device = best_device()
    wanted = lanes or (cores() if device == "cpu" else 1)
    final: dict[NetSpec, dict[str, Any]] = {}
    diverged: dict[NetSpec, str] = {}
    with (
        reserved(save, nets, recipe),
        contextlib.closing(
            Table(table, recipe, before := trained_before(save, nets, recipe, note))
        ) as rows,
    ):
        print(images.headline(recipe))
        for spec, iteration in before.items():
            print(f"{spec.title} goes on after {iteration:,} of {recipe.iterations:,} iterations")
        running = Lanes(nets, recipe, min(wanted, len(nets)), device, save, note)
        done = dict.fromkeys(nets, 0) | before
        with tqdm(
            total=recipe.iterations * sum(cost(net).macs for net in nets),
            initial=sum(done[net] * cost(net).macs for net in nets),
            unit="",
            bar_format="{percentage:3.0f} %|{bar}| {elapsed}<{remaining} {postfix}",
        ) as bar:
            for spec, row in running:
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


def evaluate(file: Path, data: str | None) -> None:
    """Prints the training and test error of a checkpoint on all images of a set."""
    try:
        spec, recipe, state = checkpoint.load(file)
    except checkpoint.CheckpointError as error:
        raise CommandError(str(error)) from error
    recipe = replace(recipe, data=data or recipe.data, test_images=None, final_images=None)
    images = _load(recipe.data)
    try:
        identity.check_classes(images, state, str(file))
    except DataError as error:
        raise CommandError(str(error)) from error
    trainer = Trainer(spec, recipe, images)
    trainer.load_state(state)
    train_error, test_error = trainer.test(None)
    print(f"{spec.title} after {trainer.iteration:,} iterations, on {images.label}")
    print(f"  training error  {train_error:6.2f} %   {len(trainer.batches.train):,} images")
    print(f"  test error      {test_error:6.2f} %   {len(trainer.batches.test):,} images")


def ship(file: Path, folder: Path | None, data: str | None) -> None:
    """Writes the net of a checkpoint for shipping, and prints its errors as stored."""
    try:
        spec, recipe, _ = checkpoint.load(file)
        print(f"testing {spec.title} on all images; this takes some minutes on a CPU", flush=True)
        images = _load(data or recipe.data)
        written, about = shipped_nets.ship(file, folder or shipped.folder(), images)
    except (checkpoint.CheckpointError, SpecError, DataError) as error:
        raise CommandError(str(error)) from error
    print(f"{written}, {written.stat().st_size:,} bytes")
    print(f"{spec.title} after {about.iterations:,} iterations, on {about.data}")
    print(f"  training error  {about.train_error:6.2f} %   {about.train_images:,} images")
    print(f"  test error      {about.test_error:6.2f} %   {about.test_images:,} images")


def _load(name: str) -> ImageSet:
    with tqdm(disable=None, leave=False) as bar:

        def progress(what: str, done: int, of: int) -> None:
            bar.set_description_str(what)
            bar.total, bar.n = of, done
            bar.refresh()

        try:
            return load(name, progress=progress)
        except DataError as error:
            raise CommandError(str(error)) from error


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
