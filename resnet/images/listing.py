"""The image files of a folder, train/<class>/** and test/<class>/**; what is left out, and why."""

import os
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from resnet.images import names
from resnet.images.reading import is_image, is_named_image

COMPANIONS = ("thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r")  # beside those with a dot
LEFTOVERS = ("__macosx", "@eadir", "$recycle.bin", "system volume information", "lost+found")
HIDDEN, LEFT, LINK, LOOSE, OTHER = "hidden", "left", "link", "loose", "other"
WORDS = {
    HIDDEN: "hidden or companion files",
    LEFT: "folders of archives or systems",
    LINK: "links that lead nowhere, back, or to the same twice",
    LOOSE: "outside of the class folders",
    OTHER: "no images of a kind that is read",
}
KINDS_SHOWN = 4  # ends of names, of what is no image


class FolderError(ValueError):
    """A folder that is no data set; its text is one sentence to show."""


@dataclass(frozen=True)
class LeftOut:
    """How many files and folders were passed over, by reason; of OTHER the ends of their names."""

    counts: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)

    @property
    def words(self) -> str:
        """ "12 left out: 10 hidden or companion files, 2 no images of a kind … (.txt)", or ""."""
        if not self.counts:
            return ""
        parts = [f"{self.counts[why]:,} {WORDS[why]}" for why in WORDS if self.counts[why]]
        if self.counts[OTHER]:
            kinds = [kind for kind, _ in self.kinds.most_common()]
            more = ", …" if len(kinds) > KINDS_SHOWN else ""
            parts[-1] += f" ({', '.join(kinds[:KINDS_SHOWN])}{more})"
        return f"{self.counts.total():,} left out: {', '.join(parts)}"


@dataclass(frozen=True)
class Found:
    """The image files of a folder, by part and class; a label is a place in `classes`.

    classes  in NFC, numbers in their order
    """

    root: Path
    classes: tuple[str, ...]
    train: tuple[tuple[Path, int], ...]
    test: tuple[tuple[Path, int], ...]
    left_out: LeftOut


def _is_reached(folder: Path) -> bool:
    """Whether a folder is there. Raises FolderError where its disk does not say: a lost mount."""
    try:
        return folder.is_dir()
    except OSError as error:
        raise FolderError(
            f"folder {names.shown(folder)} cannot be reached ({error.strerror}); see to the disk "
            "or network that it lies on, then try again"
        ) from error


def find(root: Path) -> Found:
    """Lists the images of a folder. Raises FolderError where it is not laid out as it must be."""
    where = names.shown(root)
    if not _is_reached(root):
        raise FolderError(f"there is no folder {where}; RESNET_DATA must name a folder of images")
    for part in ("train", "test"):
        if not _is_reached(root / part):
            raise FolderError(
                f"folder {where} has no {part}/ in it; it must hold train/<class>/ and "
                "test/<class>/"
            )
    left = LeftOut()
    train, test = (_class_folders(root / part, left) for part in ("train", "test"))
    classes = names.in_order(set(train))
    if len(classes) < 2:
        held = f"only the class {classes[0]!r}" if classes else "no class folders"
        raise FolderError(
            f"folder {names.shown(root / 'train')} holds {held}; telling classes apart needs at "
            "least two, one folder each"
        )
    strangers = sorted(set(test) - set(classes))
    if strangers:
        more = f" (and {len(strangers) - 1:,} more)" if strangers[1:] else ""
        raise FolderError(
            f"folder {names.shown(root / 'test')} holds the class {strangers[0]!r}{more}, which "
            "train/ does not have; add it there, or remove it here"
        )
    trained, tested = (
        _files(root / part, each, classes, left)
        for part, each in (("train", train), ("test", test))
    )
    _check_not_empty(root, classes, trained, tested, left)
    return Found(root, tuple(classes), trained, tested, left)


def class_names(root: Path) -> tuple[str, ...]:
    """The classes that a folder has by its layout alone; none where it has no train/."""
    try:
        return tuple(names.in_order(set(_class_folders(root / "train", LeftOut()))))
    except (OSError, FolderError):
        return ()


def _class_folders(part: Path, left: LeftOut) -> dict[str, list[Path]]:
    """The folders of each class: two, where a name is there in two normal forms."""
    found: dict[str, list[Path]] = {}
    above = _above(part)
    for entry in _entries(part):
        if _passed_over(entry, left):
            continue
        if _is_folder(entry):
            if _identity(entry.path) in above:
                left.counts[LINK] += 1
            else:
                found.setdefault(names.text(entry.name), []).append(Path(entry.path))
        else:
            left.counts[LINK if _leads_nowhere(entry) else LOOSE] += 1
    return found


def _files(
    part: Path, folders: dict[str, list[Path]], classes: list[str], left: LeftOut
) -> tuple[tuple[Path, int], ...]:
    above = _above(part)
    listed: list[tuple[Path, int]] = []
    for label, name in enumerate(classes):
        for folder in folders.get(name, ()):
            files = sorted(_below(folder, above, left), key=_order)
            listed += [(file, label) for file in files]
    return tuple(listed)


def _below(folder: Path, above: set[tuple[int, int]], left: LeftOut) -> Iterator[Path]:
    """The images in a folder and in what lies in it; no folder twice, however it is linked."""
    ahead, seen = [folder], {*above, _identity(folder)}
    while ahead:
        for entry in _entries(ahead.pop()):
            if _passed_over(entry, left):
                continue
            if _is_folder(entry):
                identity = _identity(entry.path)
                if identity in seen:
                    left.counts[LINK] += 1
                else:
                    seen.add(identity)
                    ahead.append(Path(entry.path))
            elif _leads_nowhere(entry):
                left.counts[LINK] += 1
            elif entry.is_file() and (is_named_image(entry.name) or is_image(Path(entry.path))):
                yield Path(entry.path)
            else:
                left.counts[OTHER] += 1
                kind = names.text(Path(entry.name).suffix.lower()) or "no ending"
                left.kinds[kind[:12]] += 1


def _entries(folder: Path) -> list["os.DirEntry[str]"]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        raise FolderError(
            f"folder {names.shown(folder)} cannot be read ({error.strerror}); let the program "
            "read it, or remove it"
        ) from error


def _passed_over(entry: "os.DirEntry[str]", left: LeftOut) -> bool:
    """Whether an entry is hidden or a leftover, which is counted."""
    name = entry.name.lower()
    hidden, leftover = name.startswith(".") or name in COMPANIONS, name in LEFTOVERS
    if hidden or leftover:
        left.counts[HIDDEN if hidden else LEFT] += 1
    return hidden or leftover


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _leads_nowhere(entry: "os.DirEntry[str]") -> bool:
    return entry.is_symlink() and not Path(entry.path).exists()


def _identity(path: "Path | str") -> tuple[int, int]:
    """What is the same for one folder under two names."""
    found = Path(path).stat()
    return found.st_dev, found.st_ino


def _above(part: Path) -> set[tuple[int, int]]:
    """A folder and all that it lies in."""
    whole = part.resolve()
    return {_identity(each) for each in (whole, *whole.parents)}


def _order(file: Path) -> tuple[str, ...]:
    """The same on every system, whatever normal form it keeps names in."""
    return tuple(unicodedata.normalize("NFC", part) for part in file.parts)


def _check_not_empty(
    root: Path,
    classes: list[str],
    train: tuple[tuple[Path, int], ...],
    test: tuple[tuple[Path, int], ...],
    left: LeftOut,
) -> None:
    said = f" ({left.words})" if left.words else ""
    held = {label for _, label in train}
    empty = [name for label, name in enumerate(classes) if label not in held]
    if empty:
        more = f", nor do {len(empty) - 1:,} other class folders" if empty[1:] else ""
        raise FolderError(
            f"folder {names.shown(root / 'train' / empty[0])} holds no images; put some there "
            f"(.png, .jpg, .tif and others){more}, or remove the folder{said}"
        )
    if not test:
        raise FolderError(
            f"folder {names.shown(root / 'test')} holds no images; errors are measured on "
            f"them{said}"
        )
