"""The workflow as a course: what every step, parameter and file is, and lessons on a simulated scene."""
