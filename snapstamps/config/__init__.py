"""The one configuration file: options, their bounds and their explanations."""
