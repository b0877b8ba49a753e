"""From StaMPS artefacts to velocities, time series, files and pictures."""
