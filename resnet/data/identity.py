"""Which images a net was trained on, kept with its checkpoint; others are refused."""

from collections.abc import Sequence
from typing import Any

from resnet.data.image_set import DataError, ImageSet

SET = "set"  # of a training state; older ones have none
CLASSES_NAMED = 6
KEPT = 200  # letters of what an older program noted


def of(images: ImageSet) -> dict[str, Any]:
    """What a set is known by, in plain values: label, fingerprint, classes, how many images."""
    return {
        "label": images.label,
        "fingerprint": images.fingerprint,
        "classes": list(images.classes),
        "images": [len(images.train_labels), len(images.test_labels)],
    }


def classes_of(state: dict[str, Any]) -> Sequence[str]:
    """The classes that a net of this training state tells apart; none where it does not say."""
    return state.get(SET, {}).get("classes", ())


def check(
    images: ImageSet, state: dict[str, Any], described: str, remedy: str, what: str = "this run"
) -> None:
    """Raises DataError, with both sides named, where a state was trained on other images.

    described  what was kept of the images of a state of an older program, which knows no more
    what       was trained, for the sentence
    """
    kept, now = state.get(SET), of(images)
    if kept is None:
        ours = f"{images.label} ({images.note})" if images.note else images.label
        theirs = described if described != ours[:KEPT] else ""
    else:
        theirs, ours = _differing(kept, now)
    if theirs:
        raise DataError(f"{what} was trained on {theirs}, but the images are now {ours}; {remedy}")


def _differing(kept: dict[str, Any], now: dict[str, Any]) -> tuple[str, str]:
    """What both sets are, in words that tell them apart; empty for the same set."""
    if kept["label"] != now["label"]:
        return kept["label"], now["label"]
    known = kept["fingerprint"] and now["fingerprint"]
    if kept["classes"] != now["classes"] or (known and kept["fingerprint"] != now["fingerprint"]):
        return _words(kept), _words(now)
    return "", ""


def check_classes(images: ImageSet, classes: Sequence[str], net: str) -> None:
    """Raises DataError where a net was trained to tell other classes apart, or in another order."""
    if classes and list(classes) != list(images.classes):
        raise DataError(
            f"{net} was trained to tell {_classes(classes)} apart, but {images.label} has "
            f"{_classes(images.classes)}; choose images of the same classes with --data or "
            "RESNET_DATA"
        )


def _words(known: dict[str, Any]) -> str:
    train, test = known["images"]
    content = f", contents {known['fingerprint'][:8]}" if known["fingerprint"] else ""
    return (
        f"{known['label']} ({train:,} + {test:,} images of {_classes(known['classes'])}{content})"
    )


def _classes(names: Any) -> str:
    more = f" and {len(names) - CLASSES_NAMED} more" if len(names) > CLASSES_NAMED else ""
    return ", ".join(names[:CLASSES_NAMED]) + more
