"""The autocorrelation of known series; the gradient along a line against finite differences."""

import numpy as np
import pytest
import torch

from resnet.data.seeds import generator
from resnet.labs.bench.copies import copied
from resnet.labs.bench.progress import LabError
from resnet.labs.shattered.experiment import (
    autocorrelation,
    autocorrelation_of_each,
    references,
    shattered,
)
from resnet.labs.shattered.result import Shattered
from resnet.model import build
from resnet.spec import NetSpec


def by_definition(series):
    series = series - series.mean(0)
    count, energy = len(series), (series * series).sum()
    return [(series[: count - lag] * series[lag:]).sum() / energy for lag in range(count // 2 + 1)]


@pytest.mark.parametrize("shape", [(16,), (17,), (40, 3)])
def test_the_autocorrelation_is_its_definition(shape):
    series = np.random.default_rng(0).normal(2, 1, shape)
    np.testing.assert_allclose(autocorrelation(series), by_definition(series), atol=1e-12)


def test_white_noise_is_related_to_nothing_but_itself():
    count = 4096
    correlation = autocorrelation(np.random.default_rng(1).normal(size=count))
    assert correlation[0] == pytest.approx(1)
    assert np.abs(correlation[1:200]).max() < 5 / np.sqrt(count)
    assert correlation[1:].std() == pytest.approx(1 / np.sqrt(count), rel=0.4)


def test_brownian_motion_forgets_slowly_and_a_wave_returns():
    _, brownian = references(256, 0)
    assert autocorrelation_of_each(brownian)[1] > 0.95
    wave = np.sin(2 * np.pi * np.arange(256) / 32)
    correlation = autocorrelation(wave)
    assert correlation[16] < -0.9 and correlation[32] > 0.85


def test_an_alternating_series_turns_round_and_a_still_one_has_none():
    assert autocorrelation(np.tile([1.0, -1.0], 50))[1] == pytest.approx(-0.99)
    assert np.isnan(autocorrelation(np.full(10, 3.0))).all()


def test_the_series_is_the_slope_of_the_answer_along_the_line(lived, examples):
    net = lived("resnet8-A-w4-tanh")  # smooth, so that differences come close to derivatives
    result = shattered(net, examples, points=200, lines=1, seed=4)
    rng = generator(4, "labs", "shattered")
    answer = torch.randn(10, generator=rng).double()
    one, other = torch.randperm(len(examples), generator=rng)[:2].tolist()
    start, end = (examples.images[at].double() for at in (one, other))
    shares = torch.linspace(0, 1, 200, dtype=torch.double)[:, None, None, None]
    still = copied(net).double().eval()
    with torch.no_grad():
        answers = still(start + shares * (end - start)) @ answer
    slopes = (answers[2:] - answers[:-2]) / (2 * result.step)
    assert result.step == pytest.approx((end - start).norm().item() / 199)
    np.testing.assert_allclose(result.series[0][1:-1], slopes.numpy(), rtol=0.02, atol=0.01)


def test_references_come_with_every_result(lived, examples):
    result = shattered(lived("plain8-w4"), examples, points=64, lines=2)
    assert result.series.shape == (2, 64)
    assert len(result.correlation) == len(result.white) == len(result.brownian) == 33
    assert np.abs(result.white[1:]).max() < 0.2 < 0.8 < result.brownian[1]
    np.testing.assert_allclose(autocorrelation(result.series)[0], 1)


def test_a_deep_plain_net_shatters_and_its_residual_twin_does_not(shown):
    def half_life(name):
        net = build(NetSpec.parse(name), image_size=8)
        return shattered(net, shown(80), points=64, lines=2).half_life

    assert half_life("plain56-w8") < 0.7
    assert half_life("resnet56-A-w8") > 1
    assert half_life("plain8-w8") > half_life("plain20-w8") > half_life("plain56-w8")


def test_a_half_life_is_where_the_correlation_crosses_one_half():
    nothing = np.zeros(1, np.float32)

    def of(correlation):
        return Shattered(
            "", "", 8, 1, 1.0, nothing, np.float32(correlation), *[nothing] * 4, 0
        ).half_life

    assert of([1, 0, 0]) == 0.5
    assert of([1, 0.8, 0.4]) == pytest.approx(1.75)
    assert np.isnan(of([1, 0.9, 0.8]))


def test_too_few_points_are_refused(lived, examples):
    with pytest.raises(LabError, match="4 points are too few"):
        shattered(lived("plain8-w4", steps=1), examples, points=4)
