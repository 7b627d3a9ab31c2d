"""The learning rate at an iteration: a pure function of the recipe."""

from resnet.recipe import Recipe

WARM_BELOW = 80.0  # percent training error that ends the warm-up of ResNet-110 (Section 4.2)


def lr_at(recipe: Recipe, iteration: int, warm: bool = True, base: float | None = None) -> float:
    """The learning rate of one mini-batch.

    iteration  counted from 0, so the last is `recipe.iterations - 1`
    warm       for warm-up "error" alone: has the training error been below 80 % yet?
    base       in place of the recipe's learning rate, for what was changed on the way

    Source: He et al. 2015, Section 4.2 (0.1, divided by 10 at 32k and 48k, stop at 64k; the
    110-layer net starts at 0.01 until its training error is below 80 %).
    """
    # 1. waiting for the training error to fall
    if recipe.warmup == "error" and not warm:
        return recipe.warmup_rate
    rate = recipe.learning_rate if base is None else base
    # 2. climbing
    if recipe.warmup == "linear":
        rate *= min(1.0, (iteration + 1) / recipe.warmup_iterations)
    # 3. coming down
    if recipe.schedule == "linear":
        return rate * (1 - iteration / recipe.iterations)
    if recipe.schedule == "steps":
        if 4 * iteration >= 3 * recipe.iterations:
            return rate / 100
        if 2 * iteration >= recipe.iterations:
            return rate / 10
    return rate
