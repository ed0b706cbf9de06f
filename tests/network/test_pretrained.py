import numpy as np
import pytest

from ohmloop.network import WeightFileError, accuracy, pretrained


def test_digits_classify_images_nobody_trained_on() -> None:
    digits = pretrained("digits")
    assert digits.images.shape == (400, 64)
    assert digits.images.min() >= 0
    assert digits.images.max() <= 1
    held_out = accuracy(digits.model.digital(digits.images), digits.labels)
    assert held_out == digits.manifest["accuracy"]["held_out"]
    assert held_out >= 0.97


def test_the_split_shares_no_image() -> None:
    split = pretrained("digits").manifest["split"]
    parts = [set(part) for part in split.values()]
    assert sorted(split) == ["held_out", "training", "validation"]
    assert sum(map(len, parts)) == len(set.union(*parts)) == 1797


def test_the_data_are_those_of_the_manifest() -> None:
    sklearn = pytest.importorskip("sklearn.datasets")
    digits, data = pretrained("digits"), sklearn.load_digits()
    split = digits.manifest["split"]
    np.testing.assert_array_equal(digits.images * 16, data.data[split["held_out"]])
    np.testing.assert_array_equal(digits.labels, data.target[split["held_out"]])
    calibrated = digits.model.calibrated(data.data[split["training"]] / 16)
    np.testing.assert_allclose(digits.model.input_ranges, calibrated.input_ranges, rtol=1e-6)


def test_there_is_no_other() -> None:
    with pytest.raises(WeightFileError, match="there is digits"):
        pretrained("faces")
