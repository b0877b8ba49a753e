"""The section ``[snap]``: where SNAP is, what it may use, and the choices of its chain."""

from typing import Literal

from snapstamps.config.section import OptionalPath, Section, Size, option

Heap = Literal["auto"] | Size


class SnapOptions(Section):
    """SNAP: from scenes to the export."""

    home: OptionalPath = option(
        None,
        "SNAP's installation folder, which holds bin/gpt. Empty: SNAP_HOME, then gpt on PATH, then the usual places.",
    )
    esd: Literal["auto", "off"] = option(
        "auto",
        "Refinement of the azimuth shift in burst overlaps. auto: where there are at least two bursts. off: never.",
    )
    topography: Literal["removal", "in_interferogram"] = option(
        "removal",
        "Where the phase of the heights is taken out of a single sub-swath. removal: after the bursts are joined, as "
        "for several sub-swaths. in_interferogram: burst by burst, by the interferogram itself.",
    )
    coherence: bool = option(
        True, "Also compute the coherence of each pair; StaMPS does not need it, but it shows bad pairs early."
    )
    heap: Heap = option(
        "auto",
        "Java memory of one gpt. auto: from the memory of the machine and the number of processes.",
        unit="bytes",
        allowed='"auto" or a size such as "16 GiB"',
    )
    workers: int = option(
        0, "How many gpt run side by side; 0: as many as memory and cores allow.", unit="processes", ge=0, le=64
    )
    timeout: float = option(24.0, "Longest time of one gpt before it is stopped.", unit="hours", gt=0, le=720)
    silence: float = option(
        120.0, "Longest time without a new line of its log before gpt is stopped.", unit="minutes", gt=0, le=10_000
    )
    on_error: Literal["stop", "skip"] = option(
        "stop", "A date or pair that fails. stop: end there. skip: leave it out and tell so in the end."
    )
    least_pairs: int = option(
        4, "With skip: the fewest pairs that must remain for the work to go on.", unit="pairs", ge=1, le=10_000
    )
    keep: Literal["all", "pairs", "export"] = option(
        "all",
        "Which products stay, once the next stage is verified. all: every one. pairs: coregistered and interferograms. "
        "export: only INSAR_<master>; new dates then need the master's split again.",
    )
