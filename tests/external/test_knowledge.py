"""Every known failure is recognised in gpt's own words, and none where there is nothing."""

import pytest

from snapstamps.external.knowledge import known_failures, recognise

TEXTS = {
    "unknown-operator": [
        "Error: Unknown operator name 'Back-Geocodin'.",
        "Error: SPI not found for operator 'GCP-Selection'",
    ],
    "unknown-parameter": [
        "Error: [NodeId: split] Operator 'TOPSARSplitOp': Unknown element 'subSwath'",
        "Error: [NodeId: esd] Operator 'SpectralDiversityOp': Unknown element 'esdEstimator'",
    ],
    "bad-number": [
        "Error: [NodeId: ifg] Operator 'InterferogramOp': 'abc' cannot be converted to a integer.",
        "Error: [NodeId: esd] '1,5' cannot be converted to a double.",
    ],
    "out-of-range": ["Error: [NodeId: split] Value for 'First burst index' is out of range [1,*)."],
    "not-in-set": ["Error: [NodeId: orbit] Value for 'Orbit type' is invalid: 'Sentinel Precise'"],
    "must-be-given": ["Error: [NodeId: read] Value for 'File' must be given.", "Value for 'File' must not be empty."],
    "source-twice": ["cause-message       : duplicated source node id"],
    "broken-graph": [
        "Error: com.thoughtworks.xstream.converters.ConversionException: \n---- Debugging information ----",
        "com.thoughtworks.xstream.mapper.CannotResolveClassException: nodes",
    ],
    "graph-version": ["Error: No version is specified in the graph XML.", "Error: Wrong version given: 2.0"],
    "missing-source": ["Error: Missing source 'slv' in node 'coreg'"],
    "no-source": [
        "Error: [NodeId: write] Operator 'WriteOp': Mandatory source product (field 'sourceProduct') not set."
    ],
    "unknown-option": ["\nError: Unknown option '-zz'"],
    "file-missing": ["Error: [NodeId: read] Specified 'file' [/data/x.zip] does not exist."],
    "no-reader": ["Error: [NodeId: read] No product reader found for file '/data/scene.zip'."],
    "orbit-other-kind": [
        "WARNING: org.esa.s1tbx.sar.gpf.orbits.ApplyOrbitFileOp: Using Sentinel Restituted (Auto Download) instead"
    ],
    "orbit-ignored": ["WARNING: ApplyOrbit ignoring error and continuing: No orbit"],
    "orbit-missing": [
        (
            "Error: [NodeId: orbit] No valid orbit file found for 31-MAR-2023 05:58:20.000000 Orbit files may be "
            "downloaded from http://step.esa.int/auxdata/orbits/ and placed in /root/.snap/auxdata/Orbits"
        )
    ],
    "orbit-wrong-mission": ["Error: Sentinel Precise (Auto Download) is not suitable for a TSX1 product"],
    "slices": ["Error: [NodeId: a] Products are not consecutive slices", "Error: S1A_IW_SLC is not a slice product"],
    "swath-unknown": ["Error: [NodeId: TOPSAR-Split] -1", "Error: [NodeId: split_IW2] -1"],
    "aoi-no-burst": ["Error: [NodeId: split] wktAOI does not overlap any burst"],
    "already-split": ["Error: Source product should be multi sub-swath SLC burst product"],
    "product-type": ["Error: GRD is not a valid product type from: SLC"],
    "not-split": ["Error: [NodeId: Back-Geocoding] Split product is expected."],
    "swaths-differ": [
        "Error: Same sub-swath is expected.",
        "Error: Same polarization is expected.",
        "Error: Source products should have the same acquisition modes",
    ],
    "not-tops": ["Error: For coregistration of S-1 TOPS SLC products, please use S-1 Back Geocoding"],
    "metadata-lost": [
        "Error: [NodeId: coreg] Input should be a SAR product",
        "Error: Input should be a Single Look Complex(SLC) product.",
        "Error: Input should be Single Look Complex(SLC) product.",
    ],
    "esd-window": ["Error: Registration window width should not be grater than burst width 300"],
    "esd-one-burst": [
        "java.lang.ArrayIndexOutOfBoundsException: 0\n\tat org.esa.s1tbx.sentinel1.gpf.SpectralDiversityOp.get(S)",
        "Error: [NodeId: spectral_diversity] Index 0 out of bounds for length 0",
        "Error: [NodeId: esd] 0",
    ],
    "esd-no-weight": ["WARNING: SpectralDiversityOp: weight for this band is 0.0"],
    "eap": ["Error: Source products cannot be InSAR pairs: one is EAP phase corrected and the other is not."],
    "not-deburst": ["Error: [NodeId: topo] Source product should first be deburst."],
    "not-interferogram": ["Error: [NodeId: topo] Product must be interferogram"],
    "isolated-swath": ["Error: Isolate sub-swath detected in source products"],
    "merge-mixed": [
        "Error: Source products are not from the same Sentinel-1 product",
        "Error: Source products should have the same number of bands",
    ],
    "dem-unsupported": ["Error: [NodeId: coreg] The DEM 'Copernicus 30m' is not supported."],
    "dem-latitude": ["Error: [NodeId: coreg] Entire image is outside of SRTM valid area.\nPlease use another DEM."],
    "dem-overlap": ["Error: The selected DEM has no overlap with the image or is invalid."],
    "dem-missing": ["SEVERE: BackGeocodingOp: Unable to get elevation model"],
    "egm": ["Error: Unable to download https://step.esa.int/auxdata/dem/egm96/ww15mgh_b.zip: egm96"],
    "dem-download": ["WARNING: http error: 404 on https://step.esa.int/auxdata/dem/SRTMGL1/N21E105.zip"],
    "resampling": ["Error: [NodeId: coreg] Resampling method BISINC is invalid"],
    "crop-outside": ["WARNING: SubsetOp: No intersection with source product boundary S1A_Stack"],
    "export-elevation": [
        "Error: [NodeId: export] Elevation band required. Please add an elevation band to the interferogram product."
    ],
    "export-positions": [
        "Error: Orthorectified lat/lon bands required. Please add the bands to the interferogram product."
    ],
    "export-no-stack": [
        "Error: Input should be a coregistered stack.",
        "Error: The 1st product should be a stack of coregistered SLC products, the 2nd should be interferogram",
        "Error: Input requires a coregistered stack (1st product) and an interferogram product of at least 4",
    ],
    "export-sizes": ["Error: Source products do not have compatible dimensions and geocoding."],
    "export-target": ["Error: Please add a target folder", "Error: SBAS format is not yet supported."],
    "export-pair": ["Error: StampsExportOp could not match reference/secondary pair 20230331"],
    "export-date": ["SEVERE: failed to convert date 31Mrz2023"],
    "heap-start": [
        "Error occurred during initialization of VM\nCould not reserve enough space for 209715200KB object heap",
        "Invalid maximum heap size: -Xmx16Q",
    ],
    "heap": [
        'Exception in thread "main" java.lang.OutOfMemoryError: Java heap space',
        "java.lang.OutOfMemoryError: GC overhead limit exceeded",
        "Error: Cannot construct DataBuffer.",
    ],
    "disk": ["Error: [NodeId: write] No space left on device"],
    "permission": ["java.io.FileNotFoundException: /data/x.dim (Permission denied)"],
    "jblas": ["java.lang.UnsatisfiedLinkError: org.jblas.NativeBlas.dgemm(CCIIID[DII[DIID[DII)V"],
    "reader-damaged": ["Error: java.util.zip.ZipException: invalid LOC header (bad signature)"],
}

HARMLESS = [
    "INFO: org.esa.snap.core.gpf.operators.tooladapter.ToolAdapterIO: Initializing external tool adapters",
    "SEVERE: org.esa.s2tbx.dataio.gdal.activator.GDALDistribution: The variable LD_LIBRARY_PATH is not set.",
    "-- org.jblas INFO Deleting jblas1234",
    "Executing processing graph",
    "....10%....20%....30%....40%....50%....60%....70%....80%....90% done.",
    "INFO: org.hsqldb.persist.Logger: dataFileCache open start",
]


@pytest.mark.parametrize("name", list(known_failures()))
def test_each_known_failure_is_recognised_in_the_words_of_gpt_and_comes_first(name):
    for text in TEXTS[name]:
        log = "\n".join([*HARMLESS[:3], text, HARMLESS[4]])
        assert recognise(log)[0].name == name, [failure.name for failure in recognise(log)]


def test_at_least_25_failures_are_known_and_every_text_belongs_to_one():
    assert len(known_failures()) >= 25
    assert set(TEXTS) == set(known_failures())


@pytest.mark.parametrize("line", HARMLESS)
def test_ordinary_noise_is_no_failure(line):
    assert recognise(line) == ()


def test_every_entry_says_what_it_means_and_what_to_do():
    for failure in known_failures().values():
        assert failure.cause
        assert not failure.cause.endswith(".")
        assert not failure.remedy.endswith(".")
        assert failure.kind in {"failure", "silent", "warning"}


def test_what_gpt_does_in_silence_is_marked_so():
    silent = {name for name, failure in known_failures().items() if failure.kind == "silent"}
    assert silent == {"orbit-ignored", "dem-missing", "crop-outside", "export-date"}
