#!/usr/bin/env bash
# Build the images for real, run them as their users will, and hold what they compute against a run outside.
#
#   docker/check.sh [--within SECONDS] [core] [octave] [full]        default: all
#
# It needs an engine of Docker, or root on a Debian-like machine, where it starts one by hand; else it says why not and
# ends with 77. Variables: SNAPSTAMPS (the command outside; default .venv/bin/snapstamps), SCENE (default tiny),
# SNAPSTAMPS_STAMPS_HOME (StaMPS for octave and full; else its release is fetched by the build). In full a stand-in
# takes the place of ESA's installer, whose gigabyte is not always to be had.
set -euo pipefail
cd "$(dirname "$0")/.."

SNAPSTAMPS=${SNAPSTAMPS:-.venv/bin/snapstamps}
SCENE=${SCENE:-tiny}
SOMEBODY=4242:4343 # nobody knows this user, inside or outside
SKIPPED=77
LIMIT=
TARGETS=()
while [ $# -gt 0 ]; do
    case $1 in
        --within) LIMIT=$2; shift 2 ;;
        core | octave | full) TARGETS+=("$1"); shift ;;
        *) sed -n '2,10s/^# \{0,1\}//p' "$0"; exit 2 ;;
    esac
done
[ ${#TARGETS[@]} -gt 0 ] || TARGETS=(core octave full)

WORK=$(mktemp -d)
DOCKER=
OUTSIDE= # the run outside, while it goes on
DEMO=    # the container of the demo inside, while it goes on
SITE=    # the server of the stand-in for ESA's installer
SITE_URL=
# An image with a stand-in in it must not be taken for a whole one, by an engine that lives on after the check.
declare -A IMAGE=([base]=snapstamps-check/start [core]=snapstamps:core [octave]=snapstamps:octave [snap]=snapstamps-check/snap [full]=snapstamps-check/full)
BASE_ARGS=()
SECRETS=()
PASSED=0
. docker/engine.sh

finish() {
    local code=$?
    end_process "$OUTSIDE"
    end_process "$SITE"
    [ -z "$DOCKER" ] || "$DOCKER" ps --quiet --filter label=snapstamps-check="$$" | xargs -r "$DOCKER" kill >/dev/null 2>&1 || true
    # What the user inside has written, only root may delete; inside, everybody can be root.
    if [ "$(id -u)" != 0 ] && [ -n "$DOCKER" ]; then
        "$DOCKER" run --rm --user 0:0 --volume "$WORK:/work" --entrypoint chmod snapstamps:core -R a+rwX /work >/dev/null 2>&1 || true
    fi
    stop_engine
    chmod -R u+w "$WORK" 2>/dev/null || true
    rm -rf "$WORK" || true
    exit "$code"
}
trap finish EXIT

skip() { echo "docker/check.sh: not checked here: $*"; exit "$SKIPPED"; }
fail() { echo "FAILED: $*" >&2; echo "$PASSED passed, 1 failed"; exit 1; }
told() { echo "   ($SECONDS s): $*"; }
passed() { PASSED=$((PASSED + 1)); echo "ok ($SECONDS s): $*"; }
in_time() { [ -z "$LIMIT" ] || [ "$SECONDS" -lt "$LIMIT" ] || skip "$LIMIT s are over before $*; $PASSED checks passed until then"; }

# Run a command that must end with a given exit code.
ends_with() {
    local wanted=$1 what=$2 code=0
    shift 2
    "$@" >"$WORK/output" 2>&1 || code=$?
    [ "$code" = "$wanted" ] || { tail -n 20 "$WORK/output" >&2; fail "$what: exit code $code instead of $wanted"; }
    passed "$what (exit code $wanted)"
}

# As strict as a container gets: no network, nothing writable but /out and /tmp, no right of any kind, an unknown user.
STRICT=(--network none --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges --user "$SOMEBODY")
in_container() {
    local how=$1 out=$2 image=$3
    shift 3
    "$DOCKER" run "$how" --label snapstamps-check="$$" "${STRICT[@]}" \
        --volume "$WORK/data:/data:ro" --volume "$out:/out" "$image" "$@"
}
contained() { in_container --rm "$@"; }
# The end of a container that was started with --detach: what it has told, and its exit code.
ended() {
    local code
    code=$("$DOCKER" wait "$1")
    "$DOCKER" logs "$1" 2>&1
    "$DOCKER" rm "$1" >/dev/null
    return "$code"
}

new_folder() { mkdir -p "$1" && chmod 777 "$1"; }
contents() { (cd "$WORK/data" && find . -type f -print0 | sort -z | xargs -0 sha256sum); }
same_as_outside() { ends_with 0 "$2: the same results as outside" "$SNAPSTAMPS" verify "$1" "$WORK/outside"; }

# Build a stage; further words go to the engine.
build_stage() {
    local code=0
    # Without `--progress=plain` nothing tells afterwards what a step has printed.
    DOCKER_BUILDKIT=1 timeout "$([ -z "$LIMIT" ] && echo 3600 || echo $((LIMIT - SECONDS)))" \
        "$DOCKER" build --progress=plain --network=host "${BASE_ARGS[@]}" "${SECRETS[@]}" \
        --build-arg REVISION="$(git rev-parse HEAD 2>/dev/null || echo unknown)" \
        --target "$1" --tag "${IMAGE[$1]}" --file docker/Dockerfile "${@:2}" . >"$WORK/build.log" 2>&1 || code=$?
    [ "$code" != 124 ] || skip "${LIMIT:-3600} s are over while $1 is built; $PASSED checks passed until then"
    return "$code"
}

# What fails here is the machine's doing: an engine that may not mount or start anything, builds without a network.
try_engine() {
    build_stage base || skip "a build comes to nothing here: $(grep -v '^$' "$WORK/build.log" | tail -n 1)"
    "$DOCKER" run --rm --network none --entrypoint true "${IMAGE[base]}" >"$WORK/output" 2>&1 \
        || skip "a container cannot be started here: $(tail -n 1 "$WORK/output")"
}

build() {
    in_time "$1 is built"
    local extra=()
    if [ "$1" != core ] && [ -n "${SNAPSTAMPS_STAMPS_HOME:-}" ]; then
        tar -C "$SNAPSTAMPS_STAMPS_HOME" -c matlab | "$DOCKER" import - snapstamps-check/stamps:local >/dev/null
        extra=(--build-arg STAMPS=snapstamps-check/stamps:local)
    fi
    told "building $1"
    build_stage "$1" "${extra[@]}" "${@:2}" || { tail -n 30 "$WORK/build.log" >&2; fail "$1 is not built"; }
    passed "$1 is built: $("$DOCKER" image inspect --format '{{.Size}}' "${IMAGE[$1]}" | numfmt --to=si)B"
}

# The run outside needs one core and no engine: base and image are made meanwhile.
start_outside() {
    "$SNAPSTAMPS" --quiet demo --preset "$SCENE" --folder "$WORK/outside" >"$WORK/outside.log" 2>&1 &
    OUTSIDE=$!
}

end_process() {
    [ -n "$1" ] || return 0
    kill "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
}

prepare_inputs() {
    local code=0
    wait "$OUTSIDE" || code=$?
    OUTSIDE=
    [ "$code" = 0 ] || { tail -n 20 "$WORK/outside.log" >&2; fail "the run outside: exit code $code"; }
    told "the run outside has ended"
    mkdir "$WORK/data"
    cp -R "$WORK"/outside/INSAR_* "$WORK/data"
    cp "$WORK/outside/snapstamps.toml" "$WORK/data/site.toml"
    # As the export was before its headers were corrected.
    find "$WORK/data" -name '*.orig' | while read -r original; do mv "$original" "${original%.orig}"; done
    # An export of which a raster is cut off.
    mkdir "$WORK/data/damaged"
    cp -R "$WORK"/data/INSAR_* "$WORK/data/site.toml" "$WORK/data/damaged"
    find "$WORK/data/damaged" -name '*.diff' | head -n 1 | xargs truncate --size=1000
    chmod -R a-w,a+rX "$WORK/data"
    contents >"$WORK/before"
}

check_image() {
    local image=$1 label
    in_time "the labels of $image"
    for label in title description version revision licenses; do
        [ -n "$("$DOCKER" image inspect --format "{{index .Config.Labels \"org.opencontainers.image.$label\"}}" "$image")" ] \
            || fail "$image has no label $label"
    done
    passed "$image has its labels"
    [ "$("$DOCKER" run --rm --network none --entrypoint id "$image" -u)" != 0 ] || fail "$image runs as root"
    passed "$image does not run as root"
    "$DOCKER" run --rm --network none --entrypoint cat "$image" /usr/share/snapstamps/sbom.spdx.json >"$WORK/sbom.spdx.json"
    grep -q '"name": "numpy"' "$WORK/sbom.spdx.json" || fail "numpy is not in the bill of materials"
    grep -q '"name": "tini"' "$WORK/sbom.spdx.json" || fail "tini is not in the bill of materials"
    passed "$image has a bill of materials of $(grep -c '"SPDXID"' "$WORK/sbom.spdx.json") entries"
    local validator
    validator=$(dirname "$SNAPSTAMPS")/pyspdxtools
    [ ! -x "$validator" ] || ends_with 0 "the bill of materials is valid SPDX" "$validator" --infile "$WORK/sbom.spdx.json"
    if "$DOCKER" image history --no-trunc --format '{{.CreatedBy}}' "$image" | grep -q -i -e proxy -e index-url; then
        fail "the history of $image tells how this machine reaches its registries"
    fi
    passed "$image does not tell how it was fetched"
}

check_health() {
    local container state
    in_time "the health check"
    container=$("$DOCKER" run --detach --label snapstamps-check="$$" --network none --health-interval 1s --entrypoint sleep "$1" 300)
    for _ in $(seq 60); do
        state=$("$DOCKER" inspect --format '{{.State.Health.Status}}' "$container")
        [ "$state" = starting ] || break
        sleep 1
    done
    "$DOCKER" rm --force "$container" >/dev/null
    [ "$state" = healthy ] || fail "$1 is $state"
    passed "$1 is healthy"
}

# Like the run outside, the demo inside leaves a core for the checks after it.
start_demo() {
    new_folder "$WORK/demo"
    DEMO=$(in_container --detach "$WORK/demo" "$1" --quiet demo --preset "$SCENE" --folder /out/demo)
}

check_demo() {
    in_time "the demo inside"
    ends_with 0 "the demo inside, read-only, without a network, as user $SOMEBODY" ended "$DEMO"
    same_as_outside "$WORK/demo/demo" "the demo inside"
}

check_job() {
    local folder=$WORK/job-${1#*:}
    in_time "the whole job"
    new_folder "$folder"
    ends_with 0 "$1: the whole job from read-only inputs" contained "$folder" "$1" --quiet run /data/site.toml "${@:2}"
    same_as_outside "$folder" "$1: the whole job"
    contents | cmp --silent - "$WORK/before" || fail "the inputs have changed"
    passed "$1: the inputs are as they were"
}

check_exit_codes() {
    in_time "the exit codes"
    new_folder "$WORK/other"
    ends_with 2 "a configuration that is not there" contained "$WORK/other" "$1" run /data/absent.toml
    ends_with 3 "Octave, which core does not hold" contained "$WORK/job-core" "$1" run /data/site.toml --engine octave --redo --from stamps
    ends_with 4 "a damaged export" contained "$WORK/other" "$1" run /data/damaged/site.toml
}

check_end() {
    local container code folder=$WORK/ended
    in_time "the end by SIGTERM"
    new_folder "$folder"
    container=$(in_container --detach "$folder" "$1" --quiet run /data/site.toml)
    for _ in $(seq 600); do
        grep -q 1_load "$folder/logs/journal.jsonl" 2>/dev/null && break
        sleep 0.1
    done
    "$DOCKER" stop --time 30 "$container" >/dev/null
    code=$("$DOCKER" inspect --format '{{.State.ExitCode}}' "$container")
    "$DOCKER" logs "$container" 2>&1 | grep -q "what was finished is kept" || fail "SIGTERM did not end the run with a message"
    "$DOCKER" rm "$container" >/dev/null
    [ "$code" = 143 ] || fail "after SIGTERM the exit code is $code instead of 143"
    passed "SIGTERM ends a run cleanly (exit code 143)"
    ends_with 0 "the same command goes on" contained "$folder" "$1" --quiet run /data/site.toml
    same_as_outside "$folder" "ended and gone on"
}

# A server on this machine that has a stand-in for ESA's installer: it reads the answers and leaves a gpt.
serve_stand_in() {
    local port=
    mkdir "$WORK/site"
    cat >"$WORK/site/snap.sh" <<'INSTALLER'
#!/bin/sh
# Called as install_snap.sh does: -q -overwrite -dir FOLDER -varfile ANSWERS
set -eu
grep -q "^sys.installationDir=$4\$" "$6"
mkdir -p "$4/bin"
printf '7.0\n' >"$4/VERSION.txt"
printf '#!/bin/sh\n' >"$4/bin/gpt"
chmod +x "$4/bin/gpt"
INSTALLER
    : >"$WORK/site.log"
    python3 -u -m http.server --bind 127.0.0.1 --directory "$WORK/site" 0 >>"$WORK/site.log" 2>&1 &
    SITE=$!
    for _ in $(seq 100); do
        port=$(sed -n 's/.* port \([0-9]*\) .*/\1/p' "$WORK/site.log")
        [ -z "$port" ] || break
        sleep 0.1
    done
    [ -n "$port" ] || fail "no server for the stand-in: $(tail -n 1 "$WORK/site.log")"
    SITE_URL=http://127.0.0.1:$port
}

# SNAP's own step, up to a download that fails; what is past it needs the installer, or its stand-in.
check_download() {
    in_time "the download of SNAP"
    ! build_stage snap --build-arg SNAP_URL="$SITE_URL/absent.sh" --build-arg SNAP_SHA256=0 \
        || fail "SNAP is built from an installer that is not there"
    grep -q "install_snap.sh: the download failed: $SITE_URL/absent.sh" "$WORK/build.log" \
        || { tail -n 30 "$WORK/build.log" >&2; fail "the build does not say that the download of SNAP failed"; }
    passed "a build without SNAP's installer says so and ends"
}

check_snap() {
    in_time "gpt"
    grep -q '"name": "ESA SNAP"' "$WORK/sbom.spdx.json" || fail "SNAP is not in the bill of materials"
    passed "SNAP is in the bill of materials"
    ends_with 0 "$1: the doctor" "$DOCKER" run --rm --network none "$1" doctor
    grep -q "gpt .* 7.0.0 /opt/snap/bin/gpt" "$WORK/output" || { cat "$WORK/output" >&2; fail "the doctor finds no gpt"; }
    passed "the doctor finds gpt"
}

[ -x "$SNAPSTAMPS" ] || skip "there is no $SNAPSTAMPS to compare with: make test installs it, or set SNAPSTAMPS"
engine_answers || start_engine
find_client || skip "no client of Docker here can build with BuildKit (docker buildx is missing)"
[ "${TARGETS[*]}" = full ] || start_outside
find_base
collect_secrets
try_engine
for target in "${TARGETS[@]}"; do
    if [ "$target" = full ]; then
        serve_stand_in
        check_download
        build full --build-arg SNAP_URL="$SITE_URL/snap.sh" \
            --build-arg SNAP_SHA256="$(sha256sum "$WORK/site/snap.sh" | cut -d ' ' -f 1)"
    else
        build "$target"
    fi
    [ -z "$OUTSIDE" ] || prepare_inputs
    [ "$target" != core ] || start_demo snapstamps:core
    check_image "${IMAGE[$target]}"
    check_health "${IMAGE[$target]}"
    case $target in
        core)
            check_job snapstamps:core
            check_demo snapstamps:core
            check_exit_codes snapstamps:core
            check_end snapstamps:core
            ;;
        octave) check_job snapstamps:octave --engine octave ;;
        full) check_snap "${IMAGE[full]}" ;;
    esac
done
echo "$PASSED passed, 0 failed"
