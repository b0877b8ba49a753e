"""What is known of the acquisitions, and what is not made up."""

from datetime import date

import pytest
from results_folder import HEADER, table_of

from snapstamps.results.acquisitions import SceneFacts, acquisitions

PRODUCT = "S1A_IW_SLC__1SDV_20190505T120341_20190505T120409_020836_023BAE_BB89"


def master_of(store, scenes=None):
    return next(each for each in acquisitions(store, table_of(store), scenes) if each.role == "master")


@pytest.mark.parametrize("title", [PRODUCT, f"subset_0_of_{PRODUCT}_Orb_Stack_Ifg_Deb_DInSAR"])
def test_the_masters_product_is_found_in_the_title_of_its_header(store, title):
    (store.path / "master.par").write_text(f"title:\t{title}\n{HEADER}")
    assert master_of(store).facts == SceneFacts(PRODUCT, None)


@pytest.mark.parametrize("title", ["sim", PRODUCT.replace("20190505T", "20190517T"), PRODUCT[:40], ""])
def test_a_title_that_names_no_product_of_the_masters_date_is_not_believed(store, title):
    (store.path / "master.par").write_text(f"title:\t{title}\n{HEADER}")
    assert master_of(store).facts == SceneFacts()


def test_a_list_of_scenes_goes_before_the_header(store):
    (store.path / "master.par").write_text(f"title:\t{PRODUCT}\n{HEADER}")
    known = SceneFacts("from the list", "RESORB")
    assert master_of(store, {date(2019, 5, 5): known}).facts == known


def test_slaves_have_no_product_unless_a_list_knows_it(store):
    (store.path / "master.par").write_text(f"title:\t{PRODUCT}\n{HEADER}")
    slaves = [each for each in acquisitions(store, table_of(store)) if each.role == "slave"]
    assert len(slaves) == 19
    assert all(each.facts == SceneFacts() for each in slaves)


def test_without_headers_and_without_noise_the_rest_is_there(store):
    (store.path / "rsc.txt").unlink()
    table = table_of(store)
    store.delete("ifgstd2")
    found = acquisitions(store, table)
    assert len(found) == 20
    assert all(each.noise != each.noise for each in found)
    assert found[0].temporal_baseline == -108
