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
# # 3 The export
#
# SNAP's last operator, StampsExport, writes each pair into `INSAR_<master>`: images, interferograms, positions,
# heights, and headers as the program Gamma would write them. StaMPS reads nothing else. Here the folder comes
# from the simulator, which lays it out as SNAP does, header faults included.

# %%
import numpy as np

from snapstamps.course.bench import Bench
from snapstamps.course.breaking import add_orbit_error
from snapstamps.formats.gamma_raster import COMPLEX, FLOAT, open_raster
from snapstamps.formats.stamps_export import open_stack

bench = Bench(3)
stack = open_stack(next(bench.good.folder.glob("INSAR_*")))
print(f"{stack.folder.name}: {stack.length} lines x {stack.width} samples, {stack.n_ifg} interferograms")

# %% [markdown]
# ## What is in it
#
# The mean amplitude shows the place, bright where it is built up. An interferogram shows fringes: air, motion,
# and noise where nothing is steady. Heights come from the DEM that SNAP has used. All rasters are in *radar
# geometry*, lines along the flight and samples away from the satellite.

# %%
size = (stack.width, stack.length)
last = stack.interferograms[-1]
bench.show("mean_amp", name="amplitude")

# %%
phase = open_raster(last.diff, COMPLEX, *size)
bench.rasters("interferogram", "An interferogram in radar geometry", {str(last.slave): phase}, "rad", wrapped=True)

# %%
heights = open_raster(stack.height, FLOAT, *size)
bench.rasters("heights", "Heights of the DEM", {"": heights}, "height (m)", wrapped=False)

# %% [markdown]
# ## Is it sound?
#
# The gate reads every file once. (The headers of this project have been repaired already; so it is shown an
# untouched export here.)

# %%
print(bench.shell("snapstamps simulate untouched --preset tiny --force", lines=2))
export = next((bench.folder / "untouched").glob("INSAR_*"))
print(bench.shell(f"snapstamps check untouched/{export.name}", lines=16))

# %% [markdown]
# Headers with spacings rounded to metres make incidence angles wrong; these are the angles after the repair:

# %%
bench.show("la1", name="angles")

# %%
bench.show("hgt1", name="candidate_heights")

# %% [markdown]
# ## Break it: a missing orbit
#
# The orbit file of one date could not be found, and SNAP has gone on with the coarse orbit of the product. It is
# off by metres, and lays a ramp of several fringes over one interferogram.

# %%
victim = stack.interferograms[len(stack.interferograms) // 3].slave
spoiled = bench.broken("missing_orbit", change=lambda export: add_orbit_error(export, victim, fringes=6))
pair = f"diff0/{stack.master:%Y%m%d}_{victim:%Y%m%d}.diff"
both = {
    title: open_raster(next(project.folder.glob("INSAR_*")) / pair, COMPLEX, *size)
    for title, project in (("precise orbit", bench.good), ("coarse orbit", spoiled))
}
bench.rasters("ramp", f"The interferogram of {victim}", both, "rad", wrapped=True)

# %%
noise = {
    title: (project, np.asarray(bench.read(project, "ifgstd2").ifg_std))
    for title, project in (("precise orbit", bench.good), ("coarse orbit", spoiled))
}
bench.over_dates("ramp_noise", "Noise of every date", noise, "degrees")

# %%
bench.show("phuw2", spoiled, ifg=str(victim), name="ramp_unwrapped")

# %%
print(bench.table({"precise orbits": bench.good, "one coarse orbit": spoiled}))

# %% [markdown]
# The candidates are the same, since amplitudes know nothing of orbits. A ramp is smooth, so the filter of step 2
# takes it for a property of the surroundings, and the noise of the date does not betray it. It is in the
# unwrapped phase, plain to see; `scla_deramp` and the quantity `v-do` take a plane out of every date, so the
# velocities survive. Three lines of defence that happen to hold here, because the ramp is a plane and few fringes
# wide. Do not rely on them: have the orbit.
#
# ## Exercises
#
# **1.** Which quantity would show the ramp in its velocities: `v`, `v-o` or `v-do`?
#
# <details markdown="1"><summary>Solution</summary>
#
# `v`: nothing is taken out there. In one date of many a ramp of 6 cycles, 166 mm from edge to edge, tilts the
# velocities by some mm per year. The letter o takes out a plane per date.
#
# </details>
#
# **2.** A date has zeros in a quarter of its image. What happens to the candidates there?
#
# <details markdown="1"><summary>Solution</summary>
#
# A pixel without data on a single date is a candidate on none: the quarter is empty. Leave the date out, or cut
# the area. `snapstamps check` finds it.
#
# </details>
