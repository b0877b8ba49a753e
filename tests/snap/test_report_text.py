"""What people read of the gate."""

from snapstamps.snap.findings import Finding
from snapstamps.snap.gate import check_export
from snapstamps.snap.repair import repair_export
from snapstamps.snap.report_text import WIDTH, group, render_repairs, render_report


def test_findings_of_many_files_are_one_paragraph(make_export, snaps_faults):
    export = make_export(*snaps_faults)
    text = render_report(check_export(export.folder))
    assert text.splitlines()[0] == "INSAR_20200106: 6 dates, 40 samples x 30 lines: 39 warnings, 26 infos"
    assert text.count("rslc/20200106.rslc.par and 12 others") == 5
    assert text.count("why:") == text.count("do:") == 5
    assert "--repair` would correct 13 headers" in text
    # the last line is a command to copy, with the folder however long
    assert max(map(len, text.splitlines()[:-1])) <= WIDTH


def test_a_clean_export_reads_as_clean_with_the_note_on_the_sign(export):
    text = render_report(check_export(export.folder))
    assert text.splitlines()[0].endswith("no findings")
    assert "NOTE    The sign of the third number (N) of the .base files is unknown" in text
    assert "why:" not in text


def test_errors_come_first(export, base_file):
    (export.folder / "rslc/20200118.rslc.par").write_text(export.truth.text("half-times"))
    (export.folder / "diff0/20200106_20200118.base").write_text(base_file(0.0, 0.0, 0.0, 0.0))
    lines = render_report(check_export(export.folder)).splitlines()
    assert lines[0].endswith("1 error, 1 info")
    labels = [line.split()[0] for line in lines if line.startswith(("ERROR", "WARNING", "INFO"))]
    assert labels == ["ERROR", "INFO"]


def test_labels_may_be_coloured_without_changing_the_lines(export):
    (export.folder / "rslc/20200118.rslc").write_bytes(b"")
    report = check_export(export.folder)
    coloured = render_report(report, emphasise=lambda text, severity: f"<{severity}>{text}</>")
    assert coloured.replace("<error>", "").replace("</>", "") == render_report(report)


def test_only_what_reads_the_same_is_grouped():
    first = Finding("zeros", "warning", "a", "5 %", "why", "do")
    second = Finding("zeros", "warning", "b", "6 %", "why", "do")
    third = Finding("zeros", "warning", "c", "5 %", "why", "do")
    assert [item.files for item in group([first, second, third])] == [("a", "c"), ("b",)]


def test_repairs_are_told_value_by_value(make_export):
    export = make_export("range-spacing")
    text = render_repairs(repair_export(export.folder, dry_run=True), dry_run=True)
    assert text.splitlines() == [
        "13 headers would be repaired:",
        "  rslc/20200106.rslc.par and 12 others",
        "    range_pixel_spacing: 2 -> 2.329562",
    ]
    assert ".orig" in render_repairs(repair_export(export.folder), dry_run=False)
    assert render_repairs((), dry_run=False) == "No header needs repair."
