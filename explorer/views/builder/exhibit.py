"""A link is an exhibit: the whole state of the Build page as one value, from a query and back.

| in the URL | means |
|---|---|
| `net=resnet56-A&net=plain56` | the nets, up to four, by name |
| `edit=2` | which of them the controls change, and the figures describe; the first if left out |
| `section=compare` | the open section, a name of `SECTIONS`; the first if left out |
| `layer=stage2.block1.conv1` | the layer that is chosen in the picture and the table |
| `unit=flops` | count in FLOPs (2 x MACs); in MACs, the paper's unit, if left out |
| `memory=256,bf16,2` | what the memory section counts for: see `builder.memory_settings` |
| `hide=controls,table` | what is left out of the page: names of `PARTS` or of `SECTIONS` |

Imports no streamlit.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from explorer.views.builder.memory_settings import USUAL, MemorySettings
from explorer.views.parts.link import (
    Parameter,
    Query,
    WrongInPart,
    cut,
    one_of,
    read_link,
    write_link,
)
from resnet.plan import plan
from resnet.spec import NetSpec, SpecError
from resnet.spec.checks import listed
from resnet.spec.net import FIELDS, IMAGENET_BLOCKS, ImageNetName, valid_depths_near

MOST_NETS = 4
KEYS = ("net", "edit", "section", "layer", "unit", "memory", "hide")
REPEATED = ("net", "hide")  # may stand there several times, or list several with commas
UNITS = ("macs", "flops")

SECTIONS = {
    "layers": "Picture and layers",
    "compare": "Side by side",
    "shortcuts": "What shortcuts cost",
    "memory": "Memory and time",
    "paper": "What the paper says",
    "check": "Cross-check",
    "takeaway": "Take away",
}
PARTS = {
    "controls": "what chooses and changes nets",
    "title": "the name of the net",
    "figures": "the headline figures",
    "sections": "the row that changes the section",
    "equations": "residual learning as equations",
    "picture": "the picture of the net",
    "table": "the table of layers",
    "train": "the way to the Train page",
    "link": "“Link to this exhibit”",
}


@dataclass(frozen=True)
class Exhibit:
    """What a visitor of the Build page sees; `edit` counts from 0.

    A copy that is about to be changed may stand among the nets twice, until the link is followed.
    """

    nets: tuple[NetSpec, ...] = (NetSpec(),)
    edit: int = 0
    section: str = "layers"
    hide: tuple[str, ...] = ()
    unit: str = "macs"
    memory: MemorySettings = USUAL
    layer: str = ""

    @property
    def edited(self) -> NetSpec:
        return self.nets[self.edit]

    @property
    def chosen_layer(self) -> str:
        """The chosen layer where the edited net has it, else ""."""
        return self.layer if self.layer and has_layer(self.edited, self.layer) else ""

    @property
    def ordered(self) -> tuple[NetSpec, ...]:
        """The edited net, then the others in their order, each once."""
        return tuple(dict.fromkeys((self.edited, *self.nets)))

    @property
    def full(self) -> bool:
        return len(self.nets) >= MOST_NETS

    def shows(self, part: str) -> bool:
        return part not in self.hide

    def with_edited(self, spec: NetSpec) -> "Exhibit":
        nets = (*self.nets[: self.edit], spec, *self.nets[self.edit + 1 :])
        return replace(self, nets=nets)

    def with_added(self, spec: NetSpec) -> "Exhibit":
        """The net at the end, edited from now on. Raises SpecError where there are four already."""
        if self.full:
            raise SpecError(f"{MOST_NETS} nets can be compared; remove one before adding another")
        return replace(self, nets=(*self.nets, spec), edit=len(self.nets))

    def without_edited(self) -> "Exhibit":
        """The edited net removed, its neighbour edited; the last net stays."""
        if len(self.nets) == 1:
            return self
        nets = (*self.nets[: self.edit], *self.nets[self.edit + 1 :])
        return replace(self, nets=nets, edit=min(self.edit, len(nets) - 1))


def has_layer(spec: NetSpec, name: str) -> bool:
    return any(layer.name == name for layer in plan(spec).layers)


def to_query(exhibit: Exhibit) -> dict[str, list[str]]:
    """What stands in the URL; what has its usual value is left out."""
    table = (_edit(range(len(exhibit.nets))), *parameters(exhibit.edited))
    link = write_link(table, {**vars(exhibit), "layer": exhibit.chosen_layer})
    return {"net": [str(net) for net in exhibit.nets]} | {name: [link[name]] for name in link}


def address(base: str, exhibit: Exhibit, embed: bool = False) -> str:
    """The link to an exhibit; `embed` is Streamlit's own flag for a page within a page."""
    query = {**to_query(exhibit), **({"embed": ["true"]} if embed else {})}
    return f"{base}?{urlencode(query, doseq=True, safe=',')}"


def from_query(query: Query, before: Exhibit) -> tuple[Exhibit, tuple[str, ...]]:
    """The exhibit of a link, and one sentence for each thing in it that is wrong.

    A link without any of `KEYS` changes nothing; one without nets keeps those of `before`.
    """
    if not any(query.get(key) for key in KEYS):
        return before, ()
    link = {
        name: ",".join(texts) if name in REPEATED else texts[-1]
        for name, texts in query.items()
        if texts
    }
    named, wrong = read_link([Parameter("net", read=lambda text: _nets(text, before))], link)
    nets, places = named.get("net", (before.nets, range(len(before.nets))))
    if not named:
        link["edit"] = str(before.edit + 1)
    exhibit, sentences = of_nets(nets, places, link)
    return exhibit, (*wrong, *sentences)


def of_nets(
    nets: tuple[NetSpec, ...], places: Sequence[int], link: Mapping[str, str]
) -> tuple[Exhibit, list[str]]:
    """The exhibit of these nets, all else as the link says, and what in that is wrong.

    places  where each net that the link names stands among them
    """
    found, wrong = read_link([_edit(places)], link)
    edit = found.get("edit", 0)
    values, sentences = read_link(parameters(nets[edit]), link)
    return Exhibit(nets, edit, **values), wrong + sentences


def _edit(places: Sequence[int]) -> Parameter:
    return Parameter(
        "edit",
        default=0,
        read={str(number): place for number, place in enumerate(places, start=1)}.__getitem__,
        write=lambda place: str(place + 1),
        wrong=f"The link opens net {{text!r}} for editing, but it has {len(places)}; "
        "opened is the first.",
    )


def parameters(edited: NetSpec) -> tuple[Parameter, ...]:
    """Those of the page's address beside `net` and `edit`, in their order there."""

    def layer(text: str) -> str:
        if text and not has_layer(edited, text):
            raise ValueError
        return text

    return (
        Parameter(
            "section",
            default="layers",
            read=one_of(*SECTIONS),
            wrong=f"The link asks for the section {{text!r}}; there are {listed(SECTIONS)}. "
            f"Shown instead: {SECTIONS['layers']}.",
        ),
        Parameter(
            "layer",
            read=layer,
            wrong=f"The link chooses the layer {{text!r}}, which {edited.title} does not have.",
        ),
        Parameter(
            "unit",
            default="macs",
            read=one_of(*UNITS),
            wrong=f"The link counts in {{text!r}}; there are {listed(UNITS)}. Shown: MACs.",
        ),
        Parameter(
            "memory",
            default=USUAL,
            read=MemorySettings.parse,
            wrong="The link says memory={text}: {error}. Shown: the usual settings.",
        ),
        Parameter("hide", default=(), read=_hide, write=",".join),
    )


def nearest_net(text: str) -> tuple[NetSpec | None, str]:
    """The net of a name and "", or the net that was meant, if any, and what is wrong.

    That is the ImageNet net that has the name elsewhere, or the net of the nearest depth.
    """
    try:
        return NetSpec.parse(text), ""
    except ImageNetName as error:
        return error.net, str(error)
    except SpecError as error:
        return _with_nearest_depth(text), str(error)


def from_link(text: str, otherwise: NetSpec) -> tuple[NetSpec, str]:
    """The net of a link, and "" or one sentence on what is wrong with it and what is shown.

    Where only the depth misses, that is the net of the nearest depth, else `otherwise`.
    """
    near, problem = nearest_net(text)
    shown = near or otherwise
    if not problem:
        return shown, ""
    return shown, f"The link asks for {cut(text)!r}: {problem}. Shown instead: {shown.title}."


def nearest_depth(depth: int, family: str, block: str | None) -> int:
    """The depth nearest to this one that the family has with such blocks; None: with any.

    So it is where the paper has none with such blocks, as ImageNet nets of single layers.
    """
    if family == "cifar":
        fitting = valid_depths_near(depth, block or "basic")
    else:
        kinds = IMAGENET_BLOCKS.items()
        fitting = tuple(each for each, (kind, _) in kinds if kind == block)
    return min(fitting or IMAGENET_BLOCKS, key=lambda each: abs(each - depth))


def _with_nearest_depth(text: str) -> NetSpec | None:
    match = re.search(r"(?:plain|resnet)-?(\d{1,6})", text.lower())
    if match is None:
        return None
    family = "imagenet" if "imagenet" in text.lower() else "cifar"
    kinds = FIELDS["block"].choices
    block = next((kind for kind in kinds if kind in text.lower()), None)
    near = nearest_depth(int(match[1]), family, block)
    try:
        return NetSpec.parse(f"{text[: match.start(1)]}{near}{text[match.end(1) :]}")
    except SpecError:
        return None


def _nets(text: str, before: Exhibit) -> tuple[tuple[NetSpec, ...], list[int]]:
    """The nets of a link without repetitions, and where each that it names went among them."""
    texts = text.split(",")
    wrong: list[str] = []
    if len(texts) > MOST_NETS:
        wrong.append(
            f"The link asks for {len(texts)} nets, but {MOST_NETS} can be compared; "
            f"shown are the first {MOST_NETS}."
        )
    nets: list[NetSpec] = []
    places = []
    for text in texts[:MOST_NETS]:
        spec, sentence = _one(text, before.edited if len(texts) == 1 else None)
        wrong.extend([sentence] if sentence else [])
        if spec in nets:
            wrong.append(f"The link names {spec.title} twice; it is shown once.")
        elif spec is not None:
            nets.append(spec)
        places.append(nets.index(spec) if spec else 0)
    found = tuple(nets) or before.nets, places
    if wrong:
        raise WrongInPart(wrong, found)
    return found


def _one(text: str, otherwise: NetSpec | None) -> tuple[NetSpec | None, str]:
    if otherwise:
        return from_link(text, otherwise)
    spec, problem = nearest_net(text)
    if not problem:
        return spec, ""
    instead = f"Shown instead: {spec.title}." if spec else "It is left out."
    return spec, f"The link asks for {cut(text)!r}: {problem}. {instead}"


def _hide(text: str) -> tuple[str, ...]:
    texts = [each.strip() for each in text.split(",")]
    known = tuple(dict.fromkeys(each for each in texts if each in PARTS or each in SECTIONS))
    unknown = [each for each in texts if each and each not in known]
    if unknown:
        sentence = (
            f"The link hides {cut(unknown[0])!r}, which is no part of this page; "
            f"parts are {listed([*PARTS, *SECTIONS])}."
        )
        raise WrongInPart([sentence], known)
    return known
