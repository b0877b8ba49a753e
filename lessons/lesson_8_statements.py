# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 8 From velocities to statements
#
# A velocity is a number with a direction, a reference, a period and a deviation. A statement names all of them.
# This lesson goes from the map to sentences that one may sign.

# %%
import numpy as np

from snapstamps.course.bench import Bench
from snapstamps.pipeline.truth_check import without_plane
from snapstamps.results.figures.artefacts.panels import BLUE, ORANGE, Panel, arrange
from snapstamps.results.hotspots import HotspotRule, find_hotspots
from snapstamps.results.measured import read_measured

bench = Bench(8)
bench.good.run(to="export")
ps = bench.good.results()
print(f"{len(ps):,} PS, {ps.velocity.min():.1f} to {ps.velocity.max():.1f} mm/yr")
print(f"median deviation {ps.velocity_std.median():.1f} mm/yr")

# %%
values = {
    "estimated": (bench.good, bench.velocity(bench.good)),
    "true": (bench.good, without_plane(bench.at_ps(bench.good, bench.truth["velocity"]).astype(float),
                                       bench.read(bench.good, "ps2").xy[:, 1:])),
}  # fmt: skip
bench.maps("velocity", "Velocity along the line of sight, + towards the satellite", values, "mm/yr")

# %% [markdown]
# ## Where does it move for sure?
#
# A single PS may be wrong. A cluster of neighbours that agree, each faster than its own deviation allows for,
# hardly is.

# %%
measured = read_measured(bench.good.products_folder / "velocity.gpkg")
found = find_hotspots(measured, HotspotRule(threshold=5, sigmas=3))
print(f"{found.n_significant:,} PS move significantly; by chance {found.by_chance:.0f} would")
for spot in found.hotspots[:5]:
    print(f"  hotspot {spot.rank}: {spot.n_ps:,} PS, median {spot.median:+.1f}, fastest {spot.fastest:+.1f} mm/yr")
inside = np.full(len(ps), np.nan)
for spot in found.hotspots:
    inside[spot.rows] = ps.velocity.to_numpy()[spot.rows]
values = {"all PS": (bench.good, ps.velocity.to_numpy()), "those in hotspots": (bench.good, inside)}
bench.maps("hotspots", "Velocity, + towards the satellite", values, "mm/yr")

# %% [markdown]
# ## One place in time
#
# The mine sinks faster and faster. A straight line through its series is its mean velocity, and hides that.

# %%
bowls = [motion for motion in bench.spec.motions if motion.shape == "bowl"]
mine = max(bowls, key=lambda motion: abs(motion.acceleration_mm_yr2))
metres = 111_320 * np.array([np.cos(np.radians(bench.spec.latitude)), 1])
centre = np.array([bench.spec.longitude, bench.spec.latitude]) + np.array([mine.east_m, mine.north_m]) / metres
away = (np.column_stack([ps.geometry.x, ps.geometry.y]) - centre) * metres
near = int(np.argmin(np.hypot(*away.T)))
columns = [name for name in ps.columns if name.startswith("D") and name[1:].isdigit()]
days = np.array([f"{name[1:5]}-{name[5:7]}-{name[7:]}" for name in columns], dtype="datetime64[D]")
series = ps.iloc[near][columns].to_numpy(dtype=float)
line, sample = bench.read(bench.good, "ps2").ij[near, 1:].astype(int)
truth = np.array([bench.truth.displacement(scene)[line, sample] for scene in range(len(bench.spec.days))])
truth = truth - truth.mean() + series.mean()


def draw(axes):
    """Draw the series with the truth."""
    axes.plot(days, series, "o", ms=4, color=BLUE, label="measured")
    axes.plot(days, truth, "-", color=ORANGE, lw=1.2, label="true, shifted to the same mean")
    axes.legend(fontsize=7, frameon=False)
    axes.set_ylabel("mm towards the satellite", fontsize=8)
    axes.tick_params(axis="x", labelrotation=45, labelsize=6.5)


bench.keep(arrange("The PS nearest to the centre of the mine", "", 1.3, [Panel("", draw)]), "series")

# %% [markdown]
# `snapstamps watch` looks for such bends in all series, at a rate of false alarms that you choose.
#
# ## Break it: a reference that moves
#
# Someone has put the reference into the mine.

# %%
spot = ps.geometry.iloc[near]
options = {"stamps.parms.ref_centre_lonlat": [spot.x, spot.y], "stamps.parms.ref_radius": 200.0}
moved = bench.broken("moving_reference", options=options)
moved.run(to="export")
shifted = moved.results()
both = {
    "mean of all PS": (bench.good, ps.velocity.to_numpy()),
    "reference in the mine": (moved, shifted.velocity.to_numpy()),
}
bench.maps("reference", "Velocity, + towards the satellite", both, "mm/yr")

# %%
at_rest = np.abs(bench.at_ps(bench.good, bench.truth["velocity"])) < 0.5
print(f"stable ground: {np.median(ps.velocity[at_rest]):+.1f} mm/yr with the mean of all PS as reference,")
print(f"               {np.median(shifted.velocity[at_rest]):+.1f} mm/yr with a reference in the mine")

# %% [markdown]
# With the mean of all PS as reference stable ground seems to rise a little, because most PS stand in the city,
# which sinks. With the reference in the mine the whole valley rises. Nothing in the numbers is wrong: they are
# relative to the mine. A velocity map without its reference is half a statement.
#
# ## A statement
#
# > Between July 2019 and December 2020 the centre of the mine moved away from the satellite (ascending, incidence
# > 38°) at −x ± y mm per year on average, relative to the mean of all PS; if the motion is vertical, at z = x /
# > cos 38°. The motion became faster. Within the outline of hotspot n, N PS agree on it. The forested mountains
# > hold hardly any PS: no statement is possible there.
#
# Fill in the letters from what was printed above; direction, reference, period, deviation, number, assumption,
# and what is not seen.
#
# ## Exercises
#
# **1.** The mountains show no motion in your map. May you write "the mountains are stable"?
#
# <details markdown="1"><summary>Solution</summary>
#
# No. In this valley a part of them sinks by 25 mm per year, and there are hardly any PS to see it. No PS is no
# evidence of stability.
#
# </details>
#
# **2.** `velocity_std` is 0.6 mm/yr. Is a velocity of 1.5 mm/yr a motion?
#
# <details markdown="1"><summary>Solution</summary>
#
# 2.5 deviations: by chance 1 of 80 PS would show it, so in a map of 20 000 PS some 250 do. And the deviation
# knows nothing of air that happens to look like a trend. Ask the neighbours: a hotspot, or nothing.
#
# </details>
#
# **3.** What would a descending pass add?
#
# <details markdown="1"><summary>Solution</summary>
#
# A second line of sight: with both, vertical and east-west motion are told apart (`snapstamps decompose`). Motion
# along the flight stays unseen.
#
# </details>
