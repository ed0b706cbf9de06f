import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ohmloop.crossbar import Geometry
from ohmloop.mapping import ArraySpace, Differential, Encoding, MappingError, NonNegative, Permute, place

RANGE = {"g_min_s": 10e-6, "g_max_s": 100e-6}


@st.composite
def spaces(draw: st.DrawFn) -> ArraySpace:
    geometry = Geometry(draw(st.integers(1, 40)), draw(st.integers(1, 40)))
    dead_rows = draw(st.frozensets(st.integers(0, geometry.rows - 1), max_size=4))
    dead_cols = draw(st.frozensets(st.integers(0, geometry.cols - 1), max_size=4))
    return ArraySpace(geometry, dead_rows, dead_cols)


layer_shapes = st.lists(st.tuples(st.integers(1, 40), st.integers(1, 20)), min_size=1, max_size=3)


@given(st.lists(spaces(), min_size=1, max_size=6), layer_shapes, st.sampled_from([Differential(), NonNegative()]))
def test_every_weight_is_placed_once_on_live_cells(
    arrays: list[ArraySpace], shapes: list[tuple[int, int]], encoding: Encoding
) -> None:
    rng = np.random.default_rng(len(arrays))
    weights = [rng.normal(size=shape) for shape in shapes]
    try:
        placement = place(weights, arrays, encoding=encoding, **RANGE)
    except MappingError:
        assume(False)
    used = [np.zeros((a.geometry.rows, a.geometry.cols), dtype=int) for a in arrays]
    for layer, shape in enumerate(shapes):
        covered = np.zeros(shape, dtype=int)
        for tile in placement.of(layer):
            covered[tile.inputs, tile.outputs(encoding.columns)] += 1
            used[tile.array][np.ix_(tile.rows, tile.cols)] += 1
            assert not set(tile.rows.tolist()) & arrays[tile.array].dead_rows
            assert not set(tile.cols.tolist()) & arrays[tile.array].dead_cols
        assert (covered == 1).all()
    for array, cells in enumerate(used):
        assert cells.max(initial=0) <= 1
        np.testing.assert_array_equal(np.isfinite(placement.targets(array)), cells == 1)
    targets = [placement.targets(array) for array in range(len(arrays))]
    for layer, expected in enumerate(weights):
        np.testing.assert_allclose(placement.weights(layer, targets), expected, rtol=0, atol=1e-13)


@given(st.lists(spaces(), min_size=1, max_size=3), layer_shapes)
def test_the_number_of_arrays_that_is_asked_for_suffices(
    arrays: list[ArraySpace], shapes: list[tuple[int, int]]
) -> None:
    weights = [np.ones(shape) for shape in shapes]
    try:
        place(weights, arrays, **RANGE)
    except MappingError as error:
        if "no array has" in str(error):
            return
        words = str(error).split()
        needed, extra = int(words[words.index("need") + 1]), int(words[words.index("arrays") + 1].lstrip("("))
        geometry = Geometry.parse(words[words.index("of") + 1].rstrip("),"))
        assert needed == len(arrays) + extra
        place(weights, [*arrays, *[ArraySpace(geometry)] * extra], **RANGE)
        with pytest.raises(MappingError):
            place(weights, [*arrays, *[ArraySpace(geometry)] * (extra - 1)], **RANGE)


def test_digits_take_five_boards() -> None:
    weights = [np.ones((64, 32)), np.ones((32, 10))]
    placement = place(weights, [ArraySpace(Geometry(32, 32))] * 5, **RANGE)
    assert [(tile.layer, tile.array) for tile in placement.tiles] == [(0, 0), (0, 1), (0, 2), (0, 3), (1, 4)]
    with pytest.raises(MappingError, match=r"4736 cells need 5 arrays \(1 more of 32x32\), not 4"):
        place(weights, [ArraySpace(Geometry(32, 32))] * 4, **RANGE)


def test_layers_share_an_array_that_has_room() -> None:
    placement = place([np.ones((8, 4)), np.ones((4, 2))], [ArraySpace(Geometry(16, 16))], **RANGE)
    assert {tile.array for tile in placement.tiles} == {0}


def test_each_tile_has_its_own_scale() -> None:
    weights = np.array([[1.0], [100.0]])
    placement = place([weights], [ArraySpace(Geometry(1, 2))] * 2, **RANGE)
    assert len({tile.encoded.scale_s for tile in placement.tiles}) == 2
    assert np.nanmax(placement.targets(0)) == np.nanmax(placement.targets(1)) == RANGE["g_max_s"]


def test_a_transform_is_placed() -> None:
    weights = np.array([[1.0, 2.0], [3.0, 4.0]])
    permute = Permute([1, 0], [0, 1])
    placement = place([weights], [ArraySpace(Geometry(2, 4))], transforms=[permute], **RANGE)
    np.testing.assert_allclose(placement.weights(0, [placement.targets(0)]), weights[::-1])


def test_nothing_to_place_on() -> None:
    with pytest.raises(MappingError, match="at least one array"):
        place([np.ones((1, 1))], [], **RANGE)


def test_an_output_wider_than_any_array() -> None:
    with pytest.raises(MappingError, match="2 columns that one output needs"):
        place([np.ones((1, 1))], [ArraySpace(Geometry(4, 1))], **RANGE)


def test_weights_that_are_not_finite_are_refused() -> None:
    with pytest.raises(MappingError, match="must be finite"):
        place([np.array([[np.nan]])], [ArraySpace(Geometry(4, 4))], **RANGE)


def test_a_dead_line_outside_the_array() -> None:
    with pytest.raises(MappingError, match="dead column 4 lies outside the 4x4 array"):
        ArraySpace(Geometry(4, 4), dead_cols=frozenset({4}))


def test_as_many_transforms_as_layers() -> None:
    with pytest.raises(MappingError, match="1 layers need as many transforms, not 0"):
        place([np.ones((1, 1))], [ArraySpace(Geometry(4, 4))], transforms=[], **RANGE)
