"""Training: a step, a trainer that goes on from checkpoints, many side by side, and evaluation."""

from resnet.train.trainer import (
    Trainer,
    best_device,
    check_trainable,
    furthest_behind,
    in_step,
    precision_on,
    train_together,
)

__all__ = [
    "Trainer",
    "best_device",
    "check_trainable",
    "furthest_behind",
    "in_step",
    "precision_on",
    "train_together",
]
