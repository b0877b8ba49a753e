"""The table as Arrow: decimals that are exact, points, blocks."""

from decimal import Decimal

import numpy as np
import pyarrow as pa
import shapely
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from results_folder import table_of

from snapstamps.results.arrow_table import decimals, ps_batches, ps_schema, row_blocks, wkb_points

numbers = st.floats(-1e6, 1e6) | st.just(float("nan"))


@given(hnp.arrays(np.float64, st.integers(0, 40), elements=numbers), st.integers(0, 7))
def test_decimals_are_the_nearest_ones_and_what_is_not_finite_is_null(values, digits):
    array = decimals(values, digits)
    array.validate(full=True)
    for value, decimal in zip(values, array.to_pylist(), strict=True):
        if np.isnan(value):
            assert decimal is None
        else:
            assert abs(decimal - Decimal(value)) <= Decimal(10) ** -digits / 2 + Decimal("1e-9")


def test_a_small_negative_number_is_no_negative_zero():
    assert [str(value) for value in decimals(np.array([-0.01]), 1).to_pylist()] == ["0.0"]


def test_infinite_numbers_are_null():
    assert decimals(np.array([np.inf, -np.inf, 1.0]), 0).null_count == 2


@given(st.integers(0, 50), st.integers(1, 60))
def test_blocks_cover_all_rows_once(n_rows, block_rows):
    seen = []
    blocks = list(row_blocks(n_rows, block_rows=block_rows, progress=lambda done, total: seen.append((done, total))))
    assert [row for block in blocks for row in range(block.start, block.stop)] == list(range(n_rows))
    assert [done for done, _ in seen] == [block.stop for block in blocks]


def test_points_are_well_known_binary():
    lonlat = np.array([[105.8, 21.6], [-70.5, -33.25]])
    points = shapely.from_wkb(wkb_points(lonlat).to_pylist())
    np.testing.assert_array_equal(shapely.get_coordinates(points), lonlat)


def test_every_field_tells_its_unit_and_meaning(store):
    table = table_of(store)
    schema = ps_schema(table)
    assert all(field.metadata[b"unit"] and field.metadata[b"meaning"] for field in list(schema)[1:])
    whole = pa.Table.from_batches(ps_batches(table, schema, block_rows=70))
    assert whole.num_rows == 300
    np.testing.assert_array_equal(whole["velocity"], table["velocity"])
