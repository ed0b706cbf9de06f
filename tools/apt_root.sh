# Sourced by the scripts that fetch from Debian. A private apt root reads another suite through the mirror that this
# machine's own apt uses; nothing outside the given folder is touched, and no privileges are needed.
# shellcheck shell=sh

APT_ATTEMPTS=3
APT_TIMEOUT_S=30

# apt_tools: fails, with the missing one named, unless Debian's tools are there.
apt_tools() {
    for tool in apt-get apt-cache apt-config dpkg dpkg-deb; do
        command -v "$tool" >/dev/null 2>&1 || {
            echo "this machine has no $tool (a Debian machine is needed)" >&2
            return 1
        }
    done
}

# apt_attempt COMMAND...: tries again after a failure; what it printed is in $apt_log, its last line on failure.
apt_attempt() {
    tries=0
    until "$@" >"$apt_log" 2>&1; do
        tries=$((tries + 1))
        [ "$tries" -lt "$APT_ATTEMPTS" ] || return 1
        sleep 2
    done
}

# apt_root FOLDER SUITES PACKAGE...: points APT_CONFIG at a private root of SUITES (one or several, in one word) that knows
# every PACKAGE (source packages are known with their binary ones). On failure it says why on standard error.
apt_root() {
    apt_folder=$1
    apt_suites=$2
    shift 2
    apt_log=$apt_folder/log
    apt_keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    apt_tools || return 1
    [ -r "$apt_keyring" ] || {
        echo "$apt_keyring is missing (package debian-archive-keyring)" >&2
        return 1
    }
    apt_mirror=$(unset APT_CONFIG; apt-get indextargets --format '$(SITE)' 2>/dev/null | grep -v security | sort -u | head -n 1)
    [ -n "$apt_mirror" ] || {
        echo "the apt configuration names no mirror" >&2
        return 1
    }
    mkdir -p "$apt_folder/lists/partial" "$apt_folder/archives/partial" "$apt_folder/preferences.d"
    : >"$apt_folder/status"
    for apt_suite in $apt_suites; do
        for apt_kind in deb deb-src; do
            echo "$apt_kind [signed-by=$apt_keyring] $apt_mirror $apt_suite main"
        done
    done >"$apt_folder/sources.list"
    cat >"$apt_folder/apt.conf" <<CONF
Dir::State "$apt_folder";
Dir::State::status "$apt_folder/status";
Dir::State::Lists "$apt_folder/lists";
Dir::Cache "$apt_folder";
Dir::Cache::Archives "$apt_folder/archives";
Dir::Etc::SourceList "$apt_folder/sources.list";
Dir::Etc::SourceParts "/nonexistent";
Dir::Etc::PreferencesParts "$apt_folder/preferences.d";
APT::Sandbox::User "$(id -un)";
Acquire::Languages "none";
Acquire::Retries "2";
Acquire::http::Timeout "$APT_TIMEOUT_S";
Acquire::https::Timeout "$APT_TIMEOUT_S";
CONF
    APT_CONFIG=$apt_folder/apt.conf
    export APT_CONFIG
    # The index of the suite may fetch in part: what counts is that it knows the packages.
    apt_attempt apt-get update || true
    for apt_package in "$@"; do
        apt-cache show "$apt_package" >/dev/null 2>&1 || {
            echo "the mirror gave no index of Debian $apt_suites with $apt_package: $(tail -n 1 "$apt_log")" >&2
            return 1
        }
    done
}
