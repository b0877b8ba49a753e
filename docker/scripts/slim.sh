#!/bin/sh
# Take out of /opt/snapstamps what only building and testing need.
set -eu
cd /opt/snapstamps/lib/python3*/site-packages
rm -rf pip pip-* setuptools setuptools-* pkg_resources _distutils_hack distutils-precedence.pth pyarrow/include
find . -depth -type d \( -name tests -o -name test \) -exec rm -rf {} +
find . -type f \( -name '*.pyx' -o -name '*.pxd' -o -name '*.h' -o -name '*.a' \) -delete
rm -f ../../../bin/pip* ../../../bin/activate* ../../../bin/Activate*
