#!/bin/sh
# Install Debian packages without leaving lists or caches behind.
# Words: the packages; `--component NAME` first adds an archive area such as non-free.
# Build secret `apt`: a configuration of apt (a proxy, say) for this one command.
set -eu
if [ -f /run/secrets/apt ]; then
    export APT_CONFIG=/run/secrets/apt
fi
if [ "$1" = --component ]; then
    # The base image may keep its sources in either form.
    for list in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
        [ -f "$list" ] && sed -i -E "s/^(deb .* main|Components: main)\$/\1 $2/" "$list"
    done
    shift 2
fi
export DEBIAN_FRONTEND=noninteractive
# A build that loses its power begins anew: dpkg need not wait for the disk after each file.
export DPKG_FORCE=unsafe-io
apt-get update --quiet=2
apt-get install --quiet=2 --yes --no-install-recommends "$@"
apt-get clean
rm -rf /var/lib/apt/lists/* /var/cache/debconf/*-old /var/log/apt /var/log/dpkg.log
