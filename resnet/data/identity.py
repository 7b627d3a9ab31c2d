"""Which images a net was trained on, kept with its checkpoint; others are refused."""

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


def check(images: ImageSet, state: dict[str, Any], described: str, remedy: str) -> None:
    """Raises DataError, with both sides named, where a state was trained on other images.

    described  what was kept of the images of a state of an older program, which knows no more
    """
    kept, now = state.get(SET), of(images)
    if kept is None:
        ours = f"{images.label} ({images.note})" if images.note else images.label
        if described and described != ours[:KEPT]:
            raise DataError(_sentence(described, ours, remedy))
        return
    if kept["label"] != now["label"]:
        raise DataError(_sentence(kept["label"], now["label"], remedy))
    known = kept["fingerprint"] and now["fingerprint"]
    if kept["classes"] != now["classes"] or (known and kept["fingerprint"] != now["fingerprint"]):
        raise DataError(_sentence(_words(kept), _words(now), remedy))


def check_classes(images: ImageSet, state: dict[str, Any], net: str) -> None:
    """Raises DataError where a net was trained to tell other classes apart, or in another order."""
    kept = state.get(SET)
    if kept and kept["classes"] != list(images.classes):
        raise DataError(
            f"{net} was trained to tell {_classes(kept['classes'])} apart, but {images.label} has "
            f"{_classes(images.classes)}; choose images of the same classes with --data or "
            "RESNET_DATA"
        )


def _sentence(theirs: str, ours: str, remedy: str) -> str:
    return f"this run was trained on {theirs}, but the images are now {ours}; {remedy}"


def _words(known: dict[str, Any]) -> str:
    train, test = known["images"]
    content = f", contents {known['fingerprint'][:8]}" if known["fingerprint"] else ""
    return (
        f"{known['label']} ({train:,} + {test:,} images of {_classes(known['classes'])}{content})"
    )


def _classes(names: Any) -> str:
    more = f" and {len(names) - CLASSES_NAMED} more" if len(names) > CLASSES_NAMED else ""
    return ", ".join(names[:CLASSES_NAMED]) + more
