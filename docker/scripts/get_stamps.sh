#!/bin/sh
# Fetch StaMPS's release and keep its .m files and its licence. Nothing is compiled.
# Words: the address of the release archive, and the folder (default /stamps). Build secret `ca`: certificates to trust.
set -eu
folder=${2:-/stamps}
archive=$(mktemp)
if [ -f /run/secrets/ca ]; then
    export CURL_CA_BUNDLE=/run/secrets/ca
fi
curl --fail --silent --show-error --location --retry 3 --proto '=https,file' --output "$archive" "$1"
mkdir -p "$folder"
tar -xzf "$archive" -C "$folder" --strip-components=1 --no-same-owner --wildcards '*/matlab/*.m' '*/LICENSE'
rm "$archive"
