"""Orbits in the headers of SNAP products."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from snapstamps.formats.dimap_orbit import parse_snap_time, read_product_orbits
from snapstamps.model.errors import DataError, InputError

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "snap_dimap"


def attributes(**values):
    return "".join(f'<MDATTR name="{name}" type="ascii">{value}</MDATTR>' for name, value in values.items())


def element(name, inside):
    return f'<MDElem name="{name}">{inside}</MDElem>'


def acquisition(day, *, times=("12:00:00.0", "12:00:10.0")):
    vectors = "".join(
        element(
            f"orbit_vector{k}", attributes(time=f"{day} {clock}", x_pos=k, y_pos=2, z_pos=3, x_vel=4, y_vel=5, z_vel=6)
        )
        for k, clock in enumerate(times, start=1)
    )
    doppler = element("dop_coef_list.1", element("coefficient.1", attributes(dop_coef=1.5)))
    return (
        attributes(
            PRODUCT=f"S1A_{day}",
            orbit_state_vector_file="Sentinel Precise S1A_OPER_AUX_POEORB_x.EOF",
            first_line_time=f"{day} 12:00:01.5",
            last_line_time=f"{day} 12:00:04.5",
            line_time_interval=0.002,
            slant_range_to_first_pixel=800000.0,
            range_sampling_rate=64.0,
            radar_frequency=5405.0,
            num_output_lines=1500,
            num_samples_per_line=20000,
        )
        + element("Orbit_State_Vectors", vectors)
        + element("Doppler_Centroid_Coefficients", doppler)
    )


def write(path, inside):
    path.write_text(
        '<?xml version="1.0" encoding="ISO-8859-1"?><Dimap_Document><Image_Interpretation><x/></Image_Interpretation>'
        f"<Dataset_Sources>{element('metadata', inside)}</Dataset_Sources></Dimap_Document>",
        encoding="latin-1",
    )
    return path


@pytest.mark.parametrize("root", ["Slave_Metadata", "Secondary_Metadata"])
def test_a_stack_gives_the_master_and_then_its_slaves(tmp_path, root):
    slaves = element("S1A_b_19Mar2023", acquisition("19-MAR-2023")) + element("Original_Product_Metadata", "")
    path = write(
        tmp_path / "stack.dim", element("Abstracted_Metadata", acquisition("31-MAR-2023")) + element(root, slaves)
    )
    master, slave = read_product_orbits(path)
    assert (master.product, slave.product) == ("S1A_31-MAR-2023", "S1A_19-MAR-2023")
    assert master.first_line == datetime(2023, 3, 31, 12, 0, 1, 500_000, tzinfo=UTC)
    assert (master.radar_frequency, master.range_sampling_rate, master.doppler) == (5.405e9, 64e6, 1.5)
    assert (master.n_lines, master.n_samples, master.slant_range) == (1500, 20000, 800_000.0)
    assert "POEORB" in master.orbit_file
    assert slave.vectors[1].position == (2.0, 2.0, 3.0)


@pytest.mark.parametrize(
    "inside",
    [
        "",
        element("Abstracted_Metadata", attributes(PRODUCT="x")),
        element("Abstracted_Metadata", acquisition("31-XXX-2023")),
        element("Abstracted_Metadata", acquisition("31-MAR-2023", times=("12:00:10.0", "12:00:00.0"))),
        element("Abstracted_Metadata", acquisition("31-MAR-2023").replace(">1500<", ">many<")),
    ],
)
def test_what_is_no_radar_product_is_refused(tmp_path, inside):
    with pytest.raises(DataError):
        read_product_orbits(write(tmp_path / "x.dim", inside))


def test_a_missing_product_is_said_to_be_missing(tmp_path):
    with pytest.raises(InputError):
        read_product_orbits(tmp_path / "none.dim")


@pytest.mark.parametrize("text", ["", "15-NOV-2018", "15/11/2018 12:00:00", "32-JAN-2018 12:00:00"])
def test_other_texts_are_no_times(text):
    with pytest.raises(ValueError, match=r"."):
        parse_snap_time(text)


@pytest.mark.skipif(
    not SHARED.is_dir(), reason="needs the real SNAP header of ../shared/data, which is not ours to commit"
)
def test_a_real_header_is_read():
    (orbit,) = read_product_orbits(next(SHARED.glob("*.dim")))
    assert orbit.product == "S1A_IW_SLC__1SDV_20181115T125000_20181115T125015_024599_02B387_2799"
    assert (orbit.orbit_file, orbit.n_lines, orbit.n_samples) == ("-", 1488, 20513)
    assert (len(orbit.vectors), orbit.doppler) == (16, 1.821123)
    steps = np.diff([vector.time.timestamp() for vector in orbit.vectors])
    np.testing.assert_allclose(steps, 10.0, atol=1e-3)
