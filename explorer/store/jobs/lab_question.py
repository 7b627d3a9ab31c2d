"""What a person asks of a lab: one net, one set of images, the panel's settings."""

from dataclasses import dataclass, field, fields
from typing import Any

from explorer.store.comparisons import RunStore
from explorer.store.jobs.net_source import Source, weights

VERSION = 1  # changes when labs answer differently, so that old answers are not shown
UNREAD = "unread-"  # begins what stands for a fingerprint until the images were read
COUNT, UPLOAD, RECIPE = "count", "upload", "recipe"  # settings that are not the lab's own words


@dataclass(frozen=True)
class Question:
    """One job of kind "lab".

    settings  keyword arguments of the lab's function; besides, "count": how many images it is
              shown; "upload": base64 of 32x32x3 uint8, an image of one's own; "recipe": changes to
              the lab's recipe, by field
    data      the image set: "cifar10", "folder" or "generated"; `label` is what it is called
    images    the fingerprint of a folder's images, so that other images, or other labels, are
              another question; "" for the sets that are always the same
    """

    lab: str
    source: Source
    settings: dict[str, Any] = field(default_factory=dict)
    data: str = "generated"
    label: str = "generated images"
    images: str = ""

    def payload(self, store: RunStore) -> dict[str, Any]:
        """What makes two questions the same. Raises SourceError where the net cannot be had."""
        source = {"source": str(self.source), "weights": weights(self.source, store)}
        payload = {**vars(self), **source, "version": VERSION}
        if not self.images:
            del payload["images"]
        return payload

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> "Question":
        given = {each.name: payload[each.name] for each in fields(cls) if each.name in payload}
        return cls(**{**given, "source": Source.parse(payload["source"])})
