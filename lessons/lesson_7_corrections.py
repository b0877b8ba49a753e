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
# # 7 SCLA, AOE and filtering
#
# The unwrapped phase still holds more than motion: the part of the DEM error that neighbours share (*spatially
# correlated look-angle error*, SCLA), the atmosphere and orbit error (*AOE*) of the master, which is in all
# interferograms, and that of each slave.

# %%
import numpy as np

from snapstamps.course.bench import Bench
from snapstamps.pipeline.truth_check import without_plane

bench = Bench(7)
bench.show("scla2", name="scla")

# %% [markdown]
# K is fitted to differences of successive dates, in which there is little motion: phase over baseline. C is the
# value of a straight line in time at the master's date. In `scla_smooth2` each value is held within the range of
# its neighbours; it serves a second pass of step 6.

# %%
bench.show("scla_smooth2", name="scla_smooth")

# %% [markdown]
# Is C what the air of the master was? The truth knows it. (The sign: the master is the first image of each pair.)

# %%
xy = bench.read(bench.good, "ps2").xy[:, 1:]
found = without_plane(bench.read(bench.good, "scla2").C_ps_uw.astype(float), xy)
air = without_plane(bench.at_ps(bench.good, bench.truth.atmosphere(bench.truth.master_index)), xy)
print(f"correlation of C with the simulated air of the master: {np.corrcoef(found, -air)[0, 1]:.2f}")
both = {"C of step 7": (bench.good, found), "simulated, sign turned": (bench.good, -air)}
bench.maps("master_air", "Atmosphere and orbit error of the master, a plane taken out", both, "rad")

# %% [markdown]
# ## Step 8: the noise of the slaves
#
# Air forgets within days, motion does not; and air is smooth in space. So: what is fast in time *and* smooth in
# space is noise.

# %%
bench.show("scn2", name="scn")

# %% [markdown]
# It is not subtracted from the velocity `v-do`, but may be (`v-dso`). In a time series it makes the difference
# between a cloud and a line:

# %%
for quantity in ("v", "v-d", "v-do", "v-dso"):
    score = bench.score(bench.good, quantity=quantity)
    print(f"{quantity:<6} RMSE {score.velocity_rmse:5.2f} mm/yr, correlation {score.velocity_correlation:.3f}")

# %%
values = {quantity: (bench.good, bench.velocity(bench.good, quantity=quantity)) for quantity in ("v", "v-do", "v-dso")}
bench.maps("quantities", "Velocity, + towards the satellite, a plane taken out", values, "mm/yr")

# %% [markdown]
# The ramps and the DEM error are better out. The noise of the slaves is another matter: with it some motion is
# taken away, and the velocity gets worse. A straight line averages the noise of the dates anyway.
#
# ## Break it: the time window of step 8
#
# `scn_time_win` is the line between motion and noise. What happens if it is far too long?

# %%
window = bench.good.parms["scn_time_win"]
long = bench.broken("long_window", options={"stamps.parms.scn_time_win": 20 * window})
for title, project in {f"{window:g} days": bench.good, f"{20 * window:g} days": long}.items():
    score = bench.score(project, quantity="v-dso")
    print(f"window of {title:<10} v-dso: RMSE {score.velocity_rmse:5.2f} mm/yr, {score.velocity_range[0]:.1f} … "
          f"{score.velocity_range[1]:.1f} mm/yr")  # fmt: skip
bench.show("scn2", long, name="scn_long")

# %%
values = {
    f"window of {days:g} days": (project, bench.velocity(project, quantity="v-dso"))
    for days, project in ((window, bench.good), (20 * window, long))
}
bench.maps("long_window", "v-dso", values, "mm/yr")

# %% [markdown]
# With a window much longer than the series the mean in time is nearly a constant: then all motion is "fast in
# time", and where it is smooth in space it is taken away with the air. The map gets quieter, and wrong. Look at
# `v-do` and `v-dso` side by side; where they differ at a place that moves, believe `v-do`.
#
# ## Exercises
#
# **1.** K of step 7 looks like the velocity map. What has happened?
#
# <details markdown="1"><summary>Solution</summary>
#
# Baselines and time go together in this stack (the orbits drift), so motion can be explained as DEM error. More
# dates, or dates chosen so that they do not, are the remedy.
#
# </details>
#
# **2.** Why is a plane taken out of each date (`scla_deramp`, letter o), and what is lost?
#
# <details markdown="1"><summary>Solution</summary>
#
# Orbit errors are planes, nearly. What is lost is any true tilt of the whole scene: a single track cannot tell it
# from an orbit.
#
# </details>
