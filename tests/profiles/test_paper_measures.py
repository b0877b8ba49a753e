"""The measures behind the statements, on results whose motion is known."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import shapely
from results_folder import table_of, write_results

from snapstamps.config.profile import Statement
from snapstamps.results.paper_measures import measure, total_displacement


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    return table_of(write_results(tmp_path_factory.mktemp("results") / "stamps"))


def statement(measured: str, **fields) -> Statement:
    return Statement(key="k", text="t", source="s", measure=measured, unit="mm", **fields)


def around(table, share: float) -> shapely.Geometry:
    """A box that holds the western part of the scatterers."""
    west, south = table.lonlat.min(axis=0) - 1e-6
    east, north = table.lonlat.max(axis=0) + 1e-6
    return shapely.box(west, south, west + share * (east - west), north)


def with_velocity(table, values):
    columns = tuple(
        replace(column, values=np.broadcast_to(values, len(table))) if column.name == "velocity" else column
        for column in table.columns
    )
    return replace(table, columns=columns)


def test_counts_and_extremes_are_those_of_all_ps(table):
    velocity = table["velocity"]
    assert measure(statement("ps_count"), table, None).low == len(table)
    assert measure(statement("velocity_lowest"), table, None).low == velocity.min()
    assert measure(statement("velocity_highest"), table, None).high == velocity.max()


def test_an_area_takes_only_its_own_ps(table):
    area = around(table, 0.5)
    inside = shapely.contains_xy(area, *table.lonlat.T)
    found = measure(statement("velocity_median"), table, area)
    assert found.n_ps == inside.sum()
    assert found.low == np.median(table["velocity"][inside])


def test_nothing_is_known_where_there_are_no_ps(table):
    assert measure(statement("velocity_median"), table, shapely.box(0, 0, 1, 1)) is None
    assert measure(statement("not_comparable"), table, None) is None


def test_only_what_moves_away_counts_as_moving(table):
    values = np.zeros(len(table))
    values[:4] = [-6, -10, 30, -4]
    moved = with_velocity(table, values)
    assert measure(statement("velocity_of_moving"), moved, None).low == -8
    assert measure(statement("share_slow"), moved, None).low == pytest.approx(1 - 3 / len(table))
    still = measure(statement("velocity_of_moving"), with_velocity(table, 0.0), None)
    assert np.isnan(still.low)


def test_the_total_is_from_the_first_dates_to_the_last(table):
    total = total_displacement(table, np.arange(len(table)))
    years = (table.dates[-2] - table.dates[1]).days / 365.25
    fitted = np.polyfit(table["velocity"] * years, total, 1)[0]
    assert fitted == pytest.approx(1, abs=0.15)
    lowest = measure(statement("displacement_lowest"), table, None)
    assert lowest.low == total.min()
    inside = measure(statement("displacement_inside"), table, None)
    assert total.min() <= inside.low < inside.high <= total.max()


def test_a_drop_is_measured_between_the_dates_of_its_time(table):
    first, last = table.dates[2], table.dates[5]
    moved = table.displacement(np.arange(len(table)))
    found = measure(statement("drop_largest", **{"from": first, "to": last}), table, None)
    assert found.low == pytest.approx((moved[:, 5] - moved[:, 2]).min())
    assert str(first) in found.how
    late = measure(statement("drop_largest", **{"from": date(2100, 1, 1), "to": date(2100, 2, 1)}), table, None)
    assert np.isnan(late.low)


def test_the_density_ratio_of_evenly_spread_ps_is_one(table):
    assert measure(statement("density_ratio"), table, around(table, 0.5)).low == pytest.approx(1, abs=0.35)
    assert np.isnan(measure(statement("density_ratio"), table, around(table, 2.0)).low)
