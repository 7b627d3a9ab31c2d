"""A pickle planted in each place that reads a file: none is run, and each is answered in words."""

import ast
import gzip
import io
import json
import os
import pickle
import zipfile
from pathlib import Path

import pytest
import torch

from explorer.files import recordings
from explorer.files.fields import ComparisonFileError
from explorer.files.format import FILE_ENDING, unpack
from explorer.store.jobs import files as job_files
from resnet.data import image_set
from resnet.export import shipped
from resnet.export.shipped import ShippedError
from resnet.export.shipped_nets import read as read_shipped
from resnet.labs.bench.progress import LabError
from resnet.labs.sees.upload import decoded
from resnet.train import checkpoint
from resnet.train.checkpoint import CheckpointError

ROOT = Path(__file__).parents[1]


class Planted:
    """What runs when it is unpickled: it makes a folder."""

    def __init__(self, trace):
        self.trace = str(trace)

    def __reduce__(self):
        return os.mkdir, (self.trace,)


@pytest.fixture
def trace(tmp_path):
    return tmp_path / "it-was-run"


def pickles(trace):
    """The same in every dress that torch, numpy and gzip read."""
    plain = pickle.dumps(Planted(trace))
    saved = io.BytesIO()
    torch.save({"model": Planted(trace)}, saved)
    old = io.BytesIO()
    torch.save({"model": Planted(trace)}, old, _use_new_zipfile_serialization=False)
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as file:
        file.writestr("archive/data.pkl", plain)
        file.writestr("archive/version", "3\n")
    return {
        "plain": plain,
        "torch": saved.getvalue(),
        "torch, old": old.getvalue(),
        "zip": zipped.getvalue(),
        "gzip": gzip.compress(plain),
    }


DRESSES = ("plain", "torch", "torch, old", "zip", "gzip")


@pytest.fixture(params=DRESSES)
def planted(request, trace):
    """The bytes; whatever was asked of them, nothing was run."""
    yield pickles(trace)[request.param]
    assert not trace.exists()


def test_what_is_planted_would_run(trace):
    pickle.loads(pickles(trace)["plain"])
    assert trace.exists()
    trace.rmdir()
    torch.load(io.BytesIO(pickles(trace)["torch"]), weights_only=False)
    assert trace.exists()


def test_a_checkpoint(planted, tmp_path):
    file = tmp_path / "net.pt"
    file.write_bytes(planted)
    with pytest.raises(CheckpointError, match="is not a checkpoint of this program"):
        checkpoint.load(file)


def test_decoded_images_that_are_kept(planted, tmp_path, monkeypatch):
    monkeypatch.setenv("RESNET_HOME", str(tmp_path))
    file = image_set.cache_file("cifar10", "key")
    file.parent.mkdir(parents=True)
    file.write_bytes(planted)
    assert image_set._read(file) is None  # it is made anew


def test_a_shipped_net(planted, tmp_path):
    file = tmp_path / "net.safetensors"
    file.write_bytes(planted)
    with pytest.raises(ShippedError):
        read_shipped(file)
    with pytest.raises(ShippedError):
        shipped.header(file)


def test_a_comparison_file_and_what_lies_in_one(planted):
    for data in (planted, gzip.compress(planted)):
        with pytest.raises(ComparisonFileError):
            unpack(data)


def test_a_recording(planted, tmp_path, monkeypatch):
    monkeypatch.setenv("RESNET_RECORDED", str(tmp_path))
    (tmp_path / f"degradation{FILE_ENDING}").write_bytes(planted)
    assert recordings.recorded() == {}


def test_a_picture_that_a_visitor_gives(planted):
    with pytest.raises(LabError):
        decoded(planted)


def test_an_answer_of_a_job(planted, tmp_path, monkeypatch):
    monkeypatch.setenv("RESNET_HOME", str(tmp_path))
    folder = job_files.job_folder(1)
    folder.mkdir(parents=True)
    (folder / job_files.ANSWER).write_bytes(planted)
    assert job_files.read(1, json.dumps(job_files._IN_FILE)) is None


READS_CODE = ("pickle", "cPickle", "dill", "joblib", "shelve", "marshal", "cloudpickle")


def sources():
    return [
        file
        for folder in ("explorer", "resnet", "benchmarks")
        for file in sorted((ROOT / folder).rglob("*.py"))
    ]


@pytest.mark.parametrize("file", sources(), ids=lambda file: str(file.relative_to(ROOT)))
def test_no_module_reads_what_can_run(file):
    """No pickle; torch.load with weights_only alone, numpy.load and eval not at all."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            assert not {each.name.split(".")[0] for each in node.names} & set(READS_CODE)
        elif isinstance(node, ast.ImportFrom):
            assert (node.module or "").split(".")[0] not in READS_CODE
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            safe = any(
                each.arg == "weights_only" and ast.unparse(each.value) == "True"
                for each in node.keywords
            )
            assert called not in ("torch.load", "np.load", "numpy.load", "eval", "exec") or (
                called == "torch.load" and safe
            ), f"{file.name}: {ast.unparse(node)}"
            assert not any(each.arg == "allow_pickle" for each in node.keywords)
