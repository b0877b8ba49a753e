#!/bin/sh
# Install Python packages into /opt/snapstamps, every version as constraints.txt pins it.
# Words: what pip is to install, after its options.
# Build secrets: `pip`, a configuration of pip (an index, say); `ca`, certificates to trust.
set -eu
if [ -f /run/secrets/pip ]; then
    export PIP_CONFIG_FILE=/run/secrets/pip
fi
if [ -f /run/secrets/ca ]; then
    export PIP_CERT=/run/secrets/ca
fi
# By the environment, the pins hold for the packages that build others, too.
export PIP_CONSTRAINT=/src/constraints.txt
[ -x /opt/snapstamps/bin/pip ] || python3 -m venv /opt/snapstamps
/opt/snapstamps/bin/pip install --quiet --disable-pip-version-check --no-compile "$@"
# Compiled on all cores, and without the tests, which slim.sh takes out.
/opt/snapstamps/bin/python -m compileall -q -j 0 -x '/tests?/' /opt/snapstamps/lib
