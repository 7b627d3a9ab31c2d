"""The images that nets are trained on."""

from explorer.commands.doctor.finding import WRONG, Finding
from resnet.settings import has_cifar10, image_folder


def images() -> list[Finding]:
    cifar = "is here" if has_cifar10() else "is not here yet, and is fetched when it is first used"
    found = [Finding("CIFAR-10", f"it {cifar}")]
    folder = image_folder()
    if folder is None:
        return [*found, Finding("Images", "RESNET_DATA names no folder, and need not")]
    from resnet.images.listing import FolderError, find
    from resnet.images.reading import ImageError, read

    try:
        listed = find(folder)
    except FolderError as error:
        words = "the folder that RESNET_DATA names cannot be used"
        do = "lay it out as docs/SERVER.md says: train/CLASS/ and test/CLASS/, images in each"
        return [*found, Finding("Images", words, WRONG, do, str(error))]
    first = listed.train[0][0]
    try:
        read(first)
    except ImageError as error:
        words = "the first image of RESNET_DATA's folder cannot be read"
        do = "take it out, or save it anew in a program that opens it"
        return [*found, Finding("Images", words, WRONG, do, f"{first}: {error}")]
    words = (
        f"{len(listed.train):,} training and {len(listed.test):,} test images of "
        f"{len(listed.classes):,} classes; {listed.left_out.counts.total():,} files left out"
    )
    return [*found, Finding("Images", words, detail=str(folder))]
