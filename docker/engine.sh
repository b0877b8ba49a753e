# shellcheck shell=bash disable=SC2034  # what it sets is for the script that sources it
# An engine and a base image for docker/check.sh, which sources this file.
#
# Gives DOCKER (the client), BASE_ARGS and SECRETS (for builds). Where no engine answers and we are root, one is
# started by hand, without touching the machine's network, and ended with the script. `skip REASON` and `told PROGRESS`
# are the caller's.

ENGINE_PID=

# The newest client alone may not build: without its plug-in it lacks BuildKit. So each one on PATH is asked.
find_client() {
    local client
    for client in $(type -ap docker); do
        if DOCKER_BUILDKIT=1 "$client" build --help 2>/dev/null | grep -q -e --secret; then
            DOCKER=$client
            return 0
        fi
    done
    return 1
}

engine_answers() {
    local client
    for client in $(type -ap docker); do
        timeout 20 "$client" info >/dev/null 2>&1 && return 0
    done
    return 1
}

start_engine() {
    [ "$(id -u)" = 0 ] || skip "no engine of Docker answers, and only root could start one"
    if ! command -v dockerd >/dev/null; then
        command -v apt-get >/dev/null || skip "no engine of Docker answers, dockerd is not installed, and there is no apt-get"
        told "installing docker.io"
        { apt-get update --quiet=2 \
            && DEBIAN_FRONTEND=noninteractive apt-get install --quiet=2 --yes --no-install-recommends docker.io iptables
        } >"$WORK/apt.log" 2>&1 || skip "docker.io cannot be installed: $(tail -n 1 "$WORK/apt.log")"
    fi
    local driver
    for driver in overlay2 vfs; do
        told "starting dockerd ($driver)"
        mkdir -p "$WORK/engine"
        dockerd --iptables=false --ip6tables=false --bridge=none --storage-driver="$driver" \
            --data-root="$WORK/engine/data" --exec-root="$WORK/engine/run" --pidfile="$WORK/engine/pid" \
            --host="unix://$WORK/engine/socket" >"$WORK/dockerd.log" 2>&1 </dev/null &
        ENGINE_PID=$!
        export DOCKER_HOST="unix://$WORK/engine/socket"
        for _ in $(seq 30); do
            engine_answers && return 0
            kill -0 "$ENGINE_PID" 2>/dev/null || break
            sleep 1
        done
        stop_engine
    done
    skip "dockerd does not start here: $(grep -v level=info "$WORK/dockerd.log" | tail -n 1)"
}

stop_engine() {
    [ -n "$ENGINE_PID" ] || return 0
    kill "$ENGINE_PID" 2>/dev/null || true
    wait "$ENGINE_PID" 2>/dev/null || true
    ENGINE_PID=
    rm -rf "$WORK/engine"
}

# Debian, from wherever it is to be had: the image that the Dockerfile names, else one made with debootstrap.
find_base() {
    local name=snapstamps-check/base:bookworm wanted
    wanted=$(sed -n 's/^ARG BASE=//p' docker/Dockerfile)
    if "$DOCKER" image inspect "$name" >/dev/null 2>&1; then
        BASE_ARGS=(--build-arg "BASE=$name")
        return 0
    fi
    if timeout 120 "$DOCKER" pull --quiet "$wanted" >/dev/null 2>&1; then
        return 0
    fi
    [ "$(id -u)" = 0 ] || skip "the base image cannot be pulled, and only root could make one with debootstrap"
    command -v debootstrap >/dev/null || apt-get install --quiet=2 --yes --no-install-recommends debootstrap \
        >"$WORK/apt.log" 2>&1 || skip "the base image cannot be pulled, and debootstrap cannot be installed"
    told "making a base image with debootstrap"
    # Nobody needs this folder after a power cut: dpkg need not wait for the disk after each file.
    DPKG_FORCE=unsafe-io debootstrap --variant=minbase bookworm "$WORK/rootfs" >"$WORK/debootstrap.log" 2>&1 \
        || skip "debootstrap failed: $(tail -n 1 "$WORK/debootstrap.log")"
    tar -C "$WORK/rootfs" -c . | "$DOCKER" import - "$name" >/dev/null
    rm -rf "$WORK/rootfs"
    BASE_ARGS=(--build-arg "BASE=$name")
}

# What a closed network needs, from the settings of this machine; it reaches single commands of the build only.
collect_secrets() {
    local certificates=${PIP_CERT:-${SSL_CERT_FILE:-}} name
    if [ -n "$certificates" ]; then
        SECRETS+=(--secret "id=ca,src=$certificates")
    fi
    if [ -n "${PIP_INDEX_URL:-}" ]; then
        printf '[global]\nindex-url = %s\n' "$PIP_INDEX_URL" >"$WORK/pip.conf"
        SECRETS+=(--secret "id=pip,src=$WORK/pip.conf")
    elif [ -f "${PIP_CONFIG_FILE:-/etc/pip.conf}" ]; then
        SECRETS+=(--secret "id=pip,src=${PIP_CONFIG_FILE:-/etc/pip.conf}")
    fi
    if command -v apt-config >/dev/null; then
        apt-config dump | grep -E '^Acquire::(http|https|Check)' >"$WORK/apt.conf" || true
        SECRETS+=(--secret "id=apt,src=$WORK/apt.conf")
    fi
    for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
        if [ -n "${!name:-}" ]; then
            SECRETS+=(--build-arg "$name")
        fi
    done
}
