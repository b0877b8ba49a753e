"""The gate on the export that the real StaMPS results were made from."""

from collections import Counter

from snapstamps.snap.findings import require_clean
from snapstamps.snap.gate import check_export
from snapstamps.snap.repair import repair_export


def test_reference_s_has_rounded_spacings_and_repeated_ranges_and_nothing_else(whole_reference):
    report = check_export(whole_reference / "S" / "INSAR_20190505")
    # 20 SLCs, 19 interferograms, longitude, latitude
    assert Counter(finding.code for finding in report.findings) == {
        "range-spacing": 41,
        "azimuth-spacing": 41,
        "ranges": 41,
    }
    assert (report.n_scenes, report.width, report.length) == (20, 640, 300)
    require_clean(report)


def test_reference_s_is_repaired_but_for_the_azimuth_spacing_that_only_a_product_knows(whole_reference, copy_of):
    folder = copy_of(whole_reference / "S" / "INSAR_20190505", "INSAR_20190505")
    assert len(repair_export(folder)) == 41
    assert {finding.code for finding in check_export(folder).findings} == {"azimuth-spacing"}
    assert repair_export(folder) == ()
