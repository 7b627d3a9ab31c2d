"""What the command line does; `__main__` reads the arguments."""

import csv
import multiprocessing
import queue
import traceback
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from resnet.cost import cost
from resnet.cost.sharing import cores, share_out
from resnet.data import DataError, ImageSet, load
from resnet.export import shipped, shipped_nets
from resnet.spec import NetSpec, Recipe, SpecError
from resnet.spec.names import curve
from resnet.spec.net import for_classes
from resnet.train import Trainer, best_device, checkpoint, train_together
from resnet.verdict.verdict import evidence, verdict

COLUMNS = (
    "net", "seed", "iteration", "seconds", "learning_rate", "loss", "train_error", "test_error",
)  # fmt: skip


class CommandError(RuntimeError):
    """Why a command could not do what was asked, in one sentence."""


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
    """Trains nets side by side, with a progress bar; prints their errors and a verdict."""
    images = _load(recipe.data)
    nets = [for_classes(net, len(images.classes)) for net in nets]
    device = best_device()
    wanted = lanes or (cores() if device == "cpu" else 1)
    final: dict[NetSpec, dict[str, Any]] = {}
    stream = table.open("w", newline="") if table else None
    try:
        writer = csv.DictWriter(stream, COLUMNS, extrasaction="ignore") if stream else None
        if writer:
            writer.writeheader()
        total = recipe.iterations * sum(cost(net).macs for net in nets)
        print(f"{images.label}: {images.note}" if images.note else f"training on {images.label}")
        with tqdm(
            total=total,
            unit="",
            bar_format="{percentage:3.0f} %|{bar}| {elapsed}<{remaining} {postfix}",
        ) as bar:
            done = dict.fromkeys(nets, 0)
            for spec, row in _rows(nets, recipe, min(wanted, len(nets)), device, save):
                bar.update((row["iteration"] - done[spec]) * cost(spec).macs)
                done[spec] = row["iteration"]
                if row["train_error"] is not None:
                    final[spec] = row
                    bar.set_postfix_str(f"{spec.title}: training error {row['train_error']:.1f} %")
                if writer and stream:
                    writer.writerow(
                        {
                            **row,
                            "net": str(spec),
                            "seed": recipe.seed,
                            "seconds": f"{row['seconds']:.2f}",
                        }
                    )
                    stream.flush()
    finally:
        if stream:
            stream.close()
    _conclude(final, recipe, images, save)


def evaluate(file: Path, data: str | None) -> None:
    """Prints the training and test error of a checkpoint on all images of a set."""
    try:
        spec, recipe, state = checkpoint.load(file)
    except checkpoint.CheckpointError as error:
        raise CommandError(str(error)) from error
    recipe = replace(recipe, data=data or recipe.data, test_images=None, final_images=None)
    images = _load(recipe.data)
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


def _rows(
    nets: list[NetSpec], recipe: Recipe, lanes: int, device: str, save: Path | None
) -> Iterator[tuple[NetSpec, dict[str, Any]]]:
    """Rows of all nets as they come from the lanes, which are spawned processes."""
    context = multiprocessing.get_context("spawn")
    outbox: Any = context.Queue()
    processes = []
    for share in share_out(nets, lanes):
        job = ([nets[i].to_json() for i in share], recipe.to_json(), device, save, outbox)
        processes.append(context.Process(target=_lane, args=job, daemon=True))
        processes[-1].start()
    running = len(processes)
    try:
        while running:
            try:
                spec, row = outbox.get(timeout=1)
            except queue.Empty:
                if any(process.exitcode not in (None, 0) for process in processes):
                    raise CommandError("a training process was killed; is memory short?") from None
                continue
            if spec is None:
                running -= 1
                if row:
                    raise CommandError(row)
            else:
                yield NetSpec.from_json(spec), row
    finally:
        for process in processes:
            process.terminate()


def _lane(nets: list[str], recipe_text: str, device: str, save: Path | None, outbox: Any) -> None:
    """One lane: trains its nets in step and sends every row; then (None, why it failed or None)."""
    try:
        if device == "cpu":
            torch.set_num_threads(1)
        recipe = Recipe.from_json(recipe_text)
        images = load(recipe.data)
        trainers = [Trainer(NetSpec.from_json(net), recipe, images, device) for net in nets]
        for trainer, row in train_together(trainers):
            outbox.put((trainer.spec.to_json(), vars(row)))
        for trainer in trainers if save else []:
            file = Path(save or "") / f"{trainer.spec}-seed{recipe.seed}.pt"
            checkpoint.save(file, trainer.spec, recipe, trainer.state())
        outbox.put((None, None))
    except KeyboardInterrupt:
        return
    except (ValueError, DataError, checkpoint.CheckpointError) as error:
        outbox.put((None, str(error)))
    except Exception as error:
        traceback.print_exc()
        outbox.put((None, f"a training process failed: {error}"))


def _conclude(
    final: dict[NetSpec, dict[str, Any]], recipe: Recipe, images: ImageSet, save: Path | None
) -> None:
    print(f"\n{'net':<28}{'training error':>16}{'test error':>14}{'seconds':>10}")
    for spec, row in final.items():
        note = (
            "" if row["iteration"] == recipe.iterations else f"   diverged after {row['iteration']}"
        )
        print(
            f"{spec.title:<28}{row['train_error']:>14.2f} %{row['test_error']:>12.2f} %"
            f"{row['seconds']:>10.0f}{note}"
        )
    finished = {
        curve(spec, recipe): {recipe.seed: row["train_error"]}
        for spec, row in final.items()
        if row["iteration"] == recipe.iterations
    }
    counted = min(recipe.final_images or 10**9, recipe.images or len(images.train_labels))
    words = verdict(finished, counted, recipe.iterations)
    if words:
        print(f"\n{words}\n{evidence(finished, counted, recipe.iterations)}")
        print(f"{images.label}, seed {recipe.seed}; one seed.")
    if save:
        print(f"checkpoints are in {save}")
