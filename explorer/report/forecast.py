"""What a launch would train and how long that takes, before it is asked for."""

from explorer.report.formatting import about, duration
from explorer.store.launch import LaunchRequest
from resnet.cost import cost
from resnet.lessons import Lesson
from resnet.lessons.two_cores import seconds_by_speed
from resnet.paper.comparable import comparability
from resnet.spec.checks import listed


def full_length_words(lesson: Lesson) -> str:
    """What the switch to a long form promises; "the paper's recipe" only where it is that."""
    papers = all(
        not comparability(net, recipe, "", recipe.iterations).differs for net, recipe in lesson.gpu
    )
    if papers:
        return "At full length, with the paper's recipe"
    return f"Longer: {max(recipe.iterations for _, recipe in lesson.gpu):,} iterations"


def forecast(request: LaunchRequest, lesson: Lesson | None, throughput: float | None) -> str:
    """Nets, images, iterations and time of what would be launched.

    throughput  wall seconds of this machine for each multiply-add of a forward pass; None where
                nothing was measured on it yet
    """
    nets = list(dict.fromkeys(entry.net.title for entry in request.entries))
    recipes = list(dict.fromkeys(entry.recipe for entry in request.entries))
    counts = listed(dict.fromkeys(f"{each.iterations:,}" for each in recipes))
    images = f"{recipes[0].images:,}" if recipes[0].images else "all"
    size = recipes[0].image_size
    sees = "see" if len(nets) > 1 else "sees"
    under = f", each under {len(recipes)} recipes," if len(nets) < len(request.entries) else ""
    return (
        f"Press **Launch**: {listed(nets)}{under} {sees} the same images ({images} of "
        f"{size}x{size} pixels) in the same order for {counts} iterations. "
        f"{_time(request, lesson, throughput)}"
    )


def _time(request: LaunchRequest, lesson: Lesson | None, throughput: float | None) -> str:
    if throughput is not None:
        macs = sum(
            recipe.iterations * recipe.batch * cost(net, recipe.image_size).macs
            for net, recipe in request.entries
        )
        return (
            f"By the speed that this machine has shown, one seed takes {about(throughput * macs)}."
        )
    if lesson and lesson.seconds and not request.full:
        return f"One seed takes about {duration(lesson.seconds)} on two cores."
    by_speed = about(seconds_by_speed(request.entries))
    return f"By the speed of short runs, two cores would need {by_speed} for one seed."
