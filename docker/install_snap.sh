#!/bin/sh
# Install ESA SNAP without questions, by its own installer.
#
#   install_snap.sh VERSION FOLDER
#
# VERSION is one of snap_installers.tsv, which lies beside this script. Variables:
#   SNAP_URL     another address of the installer (https, http, file)
#   SNAP_SHA256  its digest; "unverified" takes whatever comes, over https only, and prints its digest
# Exit codes: 2 a wrong word or variable, 3 the download, the digest or the installer.
set -eu

here=$(dirname -- "$(readlink -f -- "$0")")
version=${1-}
folder=${2-}
refuse() {
    printf 'install_snap.sh: %s\n' "$2" >&2
    exit "$1"
}

case $version in
    '' | *[!0-9.]*) refuse 2 "the version is a number such as 7, not '$version'" ;;
esac
case $folder in
    /*[!A-Za-z0-9/._-]* | [!/]* | '' | /) refuse 2 "the folder is an absolute path of letters, digits and /._-, not '$folder'" ;;
esac

# Read as text, never by a shell: the version is compared, not executed.
row=$(awk -F '\t' -v version="$version" '$1 == version' "$here/snap_installers.tsv")
url=${SNAP_URL:-$(printf '%s' "$row" | cut -f 2)}
digest=${SNAP_SHA256:-$(printf '%s' "$row" | cut -f 3)}
[ -n "$url" ] || refuse 2 "no installer of SNAP $version is known; name one: SNAP_URL, SNAP_SHA256"
case $url in
    https://* | http://* | file://*) ;;
    *) refuse 2 "the address is https, http or file, not '$url'" ;;
esac
case $digest in
    '' | -) refuse 2 "the digest of $url is not known: SNAP_SHA256=…, or SNAP_SHA256=unverified" ;;
    unverified)
        case $url in
            https://*) ;;
            *) refuse 2 "without a digest only https is taken, not $url" ;;
        esac
        ;;
    *[!0-9a-f]*) refuse 2 "SNAP_SHA256 is no digest: '$digest'" ;;
esac

work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
if [ -f /run/secrets/ca ]; then
    export CURL_CA_BUNDLE=/run/secrets/ca
fi
printf 'fetching %s\n' "$url"
curl --fail --silent --show-error --location --retry 3 --proto '=https,http,file' --output "$work/snap.sh" -- "$url" \
    || refuse 3 "the download failed: $url"
found=$(sha256sum -- "$work/snap.sh" | cut -d ' ' -f 1)
printf 'sha256 %s\n' "$found"
if [ "$digest" != unverified ] && [ "$found" != "$digest" ]; then
    refuse 3 "the download is not what was expected: sha256 $found, not $digest"
fi

# The answers that the installer would ask for. SNAP's Python bridge is not used; toolboxes other than Sentinel-1's stay out.
cat >"$work/response.varfile" <<ANSWERS
deleteAllSnapEngineDir\$Boolean=false
deleteOnlySnapDesktopDir\$Boolean=false
deleteSnapDir=DESKTOP
executeLauncherWithPythonAction\$Boolean=false
forcePython\$Boolean=false
pythonExecutable=
sys.adminRights\$Boolean=false
sys.component.RSTB\$Boolean=false
sys.component.S1TBX\$Boolean=true
sys.component.S2TBX\$Boolean=false
sys.component.S3TBX\$Boolean=false
sys.component.SNAP\$Boolean=true
sys.installationDir=$folder
sys.languageId=en
sys.programGroupDisabled\$Boolean=true
sys.symlinkDir=
ANSWERS
HOME=$work sh "$work/snap.sh" -q -overwrite -dir "$folder" -varfile "$work/response.varfile" </dev/null \
    || refuse 3 "SNAP's installer failed"
[ -x "$folder/bin/gpt" ] || refuse 3 "SNAP's installer ended without an error, but left no $folder/bin/gpt"
printf 'SNAP %s is in %s\n' "$version" "$folder"
