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
# # 1 Scenes and baselines
#
# A *stack* is a pile of radar images of one place, taken from (nearly) one path in the sky. One image is the
# *master* (newer books say *reference*); with it, each other image, a *slave* (*secondary*), makes an
# interferogram. Two numbers describe a pair: the days between the images, and the *perpendicular baseline* B⊥,
# the distance of the two paths across the line of sight.
#
# All lessons work on a simulated valley, because only there the truth is known: a city that sinks and breathes
# with the seasons, a mine that sinks faster and faster, a slope that creeps and jumps once, and forested
# mountains. With real scenes this lesson would begin with `snapstamps scenes search`, `scenes download` and
# `baselines`; the how-to guide *Begin with Sentinel-1 scenes* shows them.
#
# The first line of code makes the scene and processes it. That takes a minute or two, once for all lessons.

# %%
import numpy as np

import snapstamps as ss
from snapstamps.course.bench import Bench
from snapstamps.kernels.coherence_model import mean_coherence, modelled_coherence, pairwise_differences

bench = Bench(1)
days, master = bench.spec.days, bench.spec.master_day
print(f"{len(days)} dates from {days[0]} to {days[-1]}; the master is that of {master}")

# %% [markdown]
# ## The stack at a glance
#
# Each slave is joined to the master: one master, one star. Baselines of both signs, up to a few hundred metres,
# are what Sentinel-1 gives. Look at the gaps: a date that is missing is a date in which nobody saw the ground
# move.

# %%
bench.show("ps2", name="stack")

# %% [markdown]
# B⊥ is not one number for a pair: it changes over the scene, by decimetres or metres. StaMPS keeps it for each
# pixel.

# %%
bench.show("bp1", name="baselines")

# %% [markdown]
# ## Which master?
#
# Interferograms are best where both images see the ground alike: close in time, close in space. SNAP's model of
# that is simple,
#
# ```text
# coherence = (1 − |B⊥| / 1200 m) · (1 − |days| / 1095)
# ```
#
# and the master with the highest mean over all pairs is the best one. `snapstamps baselines` does this from the
# orbits.

# %%
ps = ss.stamps.read(bench.good.stamps_folder, "ps2")
coherence = modelled_coherence(pairwise_differences(ps.bperp), pairwise_differences(ps.day))
mean = mean_coherence(coherence)
best, worst = int(np.argmax(mean)), int(np.argmin(mean))
print(f"best master: {days[best]} ({mean[best]:.2f}); ours has {mean[days.index(master)]:.2f}")
print(f"worst master: {days[worst]} ({mean[worst]:.2f})")
bench.over_dates("masters", "Mean modelled coherence", {"with each date as master": (bench.good, mean)}, "coherence")

# %% [markdown]
# ## Break it: a wrong master
#
# The same valley, the same images, but the worst master of all. Everything is done again, and compared with the
# truth.

# %%
wrong = bench.another("wrong_master", bench.spec.model_copy(update={"master": days[worst]}))
print(bench.table({"our master": bench.good, f"master {days[worst]}": wrong}))

# %%
bench.show("ps2", wrong, name="wrong_star")

# %%
values = {"our master": (bench.good, bench.velocity(bench.good)), "wrong master": (wrong, bench.velocity(wrong))}
bench.maps("wrong_velocity", "Velocity, + towards the satellite", values, "mm/yr")

# %% [markdown]
# The star has become a fan: all baselines have grown, in time and in space. In this simulation scatterers are
# steady, so most of them are found anyway, and the velocities hardly suffer. On real ground they would:
# vegetation changes, a scatterer that two images apart by a year no longer share is lost, and long baselines make
# a DEM error turn the phase further. What the model optimises is what you cannot repair later.
#
# ## Exercises
#
# **1.** By how many metres would a scatterer have to be wrong in the DEM to turn the phase by a whole cycle at B⊥
# = 150 m? Take a range of 870 km, an incidence of 38° and λ = 55.5 mm.
#
# <details markdown="1"><summary>Solution</summary>
#
# The phase of a height error Δh is 4π B⊥ Δh / (λ ρ sin θ). It is 2π for Δh = λ ρ sin θ / (2 B⊥) = 0.0555 · 870
# 000 · 0.616 / 300 ≈ 99 m. So a DEM that is wrong by 5 m shows as a twentieth of a cycle: little, and yet as much
# as half a millimetre and more of motion.
#
# </details>
#
# **2.** Why is the master's own B⊥ zero, and why has its interferogram no phase?
#
# <details markdown="1"><summary>Solution</summary>
#
# It would be the interferogram of the image with itself: no distance, no difference, phase 0 everywhere, without
# noise. So it is no observation, and the velocity must not count it as one.
#
# </details>
