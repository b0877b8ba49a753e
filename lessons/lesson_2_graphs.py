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
# # 2 Graphs: what SNAP is told
#
# SNAP makes the interferograms. It is told what to do by *graphs*: XML files in which each *node* is an operator
# with its parameters, and *sources* say which node feeds which. snapstamps writes a graph for each run, for the
# version of SNAP that is installed, and checks it before anything runs.
#
# SNAP itself is not needed in this lesson: graphs are looked at and checked, not run.

# %%
from pathlib import Path

from snapstamps.course.bench import Bench

bench = Bench(2)
print(bench.shell("snapstamps graph show split --swath IW2:3-5 --snap-version 13.0.1", lines=32))

# %% [markdown]
# One date goes in: its slices are read, one sub-swath and three bursts are cut out, the orbit is replaced, the
# result is written. Below the graph each node is explained. Here is the whole chain of a pair, from two split
# products to the interferogram:

# %%
xml = bench.folder / "coregister.xml"
text = bench.shell("snapstamps graph show coregister --swath IW2:3-5 --snap-version 13.0.1 --xml", lines=10_000)
xml.write_text(text.partition("\n")[2])
bench.graph("coregister", "coregister, one run of gpt per pair", xml)

# %% [markdown]
# Read it from left to right. *Back-Geocoding* moves the slave onto the master's grid by orbits and heights.
# *Enhanced spectral diversity* measures the rest of the shift in the overlaps of the bursts. Then two branches:
# the interferogram, whose bursts are joined and from which the phase of the heights is taken; and the two
# coregistered images. Both are needed, because StaMPS chooses its candidates from the images and takes their
# phase from the interferogram.
#
# ## Is a graph sound?
#
# `graph lint` compares a graph, ours or any other, with what a version of SNAP accepts, and with what it would do
# without a word:

# %%
print(bench.shell("snapstamps graph lint coregister.xml --snap-version 13.0.1"))

# %% [markdown]
# ## Break it: two small mistakes
#
# A colleague has edited the graphs by hand. In the first the polarisation is misspelt. In the second the node
# that applies the orbit file is told to go on if the file cannot be found.

# %%
split = bench.shell("snapstamps graph show split --swath IW2:3-5 --snap-version 13.0.1 --xml", lines=10_000).partition(
    "\n"
)[2]


def lint(name: str, content: str) -> None:
    """Write a graph and let it be checked."""
    Path(bench.folder / name).write_text(content)
    print(bench.shell(f"snapstamps graph lint {name} --snap-version 13.0.1"), end="\n\n")


lint("misspelt.xml", split.replace("<selectedPolarisations>VV<", "<selectedPolarisations>W<"))
lint("orbit.xml", split.replace("<continueOnFail>false<", "<continueOnFail>true<"))

# %% [markdown]
# Both graphs run. That is what makes them dangerous: SNAP would take all polarisations in the first case, and
# keep the coarse orbit of the product in the second, with one line in a log that nobody reads. What a coarse
# orbit does to the phase you see in the next lesson.
#
# ```text
# snapstamps prepare -C my-area --dry-run      prints every command with its graph before anything runs
# snapstamps graph show STAGE                  explains each node
# ```
#
# ## Exercises
#
# **1.** The slices are joined and cut before the orbit is applied. Why not the other way round?
#
# <details markdown="1"><summary>Solution</summary>
#
# Bursts are numbered through after the slices are joined, so the cut must follow that. And SNAP fits one cubic
# through the orbit around the product: exact to millimetres for a few bursts, but not for a long row of slices.
# `graph lint` says so too (`orbit-before-split`).
#
# </details>
#
# **2.** Which operator is missing if an interferogram of mountains shows fringes like contour lines?
#
# <details markdown="1"><summary>Solution</summary>
#
# *TopoPhaseRemoval*: the phase of the heights is still in. Or it is there, with heights of another place or
# datum. Ask `snapstamps explain coregister`.
#
# </details>
