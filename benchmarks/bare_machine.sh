#!/usr/bin/env bash
# Tries the README's two commands on bare Debian systems, in a fresh clone of the last commit, as root and as a user who
# may not install system libraries. Prints a table like the one in docs/install.md.
#
#   sudo benchmarks/bare_machine.sh [--run-only] [RELEASE...]     default: bookworm and trixie
#
# Needs Debian or a derivative, root and debootstrap. Each release temporarily takes some 8 GB below TMPDIR, and half an
# hour on two cores, ten minutes with --run-only. LOGS names a folder for all output; USERS, by default "ada root", names
# the users.
set -euo pipefail
checkout=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/bare-machine-XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
logs=${LOGS:-$work/logs}
mkdir -p "$logs"

commands=(run test)
if [ "${1:-}" = --run-only ]; then
  commands=(run)
  shift
fi
releases=("$@")
if [ "${#releases[@]}" -eq 0 ]; then releases=(bookworm trixie); fi

# Makes a fresh system with the packages that the README requires.
build() {
  local root=$1 release=$2 script=
  if [ ! -e "/usr/share/debootstrap/scripts/$release" ]; then script=/usr/share/debootstrap/scripts/sid; fi
  debootstrap --variant=minbase "$release" "$root" http://deb.debian.org/debian $script
  cp -L /etc/resolv.conf "$root/etc/"
  inside "$root" root "apt-get update -qq &&
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends git make python3-pip ca-certificates"
  inside "$root" root "useradd --create-home ada"
  if [ -n "${SSL_CERT_FILE:-}" ]; then cp -L "$SSL_CERT_FILE" "$root/certificates"; fi
}

# Runs a command line in a system as one of its users, without this machine's environment and configuration, except the
# bundle of certificates, if one is set.
inside() {
  local root=$1 user=$2 line=$3 environment=(TERM=dumb LANG=C.UTF-8)
  if [ -e "$root/certificates" ]; then environment+=(SSL_CERT_FILE=/certificates PIP_CERT=/certificates); fi
  # shellcheck disable=SC2016  # for the inner shell
  unshare --mount --pid --fork --kill-child bash -c '
    root=$1 user=$2 line=$3; shift 3
    mount --make-rprivate /
    mount -t proc proc "$root/proc" && mount --rbind /dev "$root/dev" && mount -t tmpfs tmpfs "$root/dev/shm"
    # Without exec: this shell is process 1 there and adopts orphans, as an init does.
    env -i PATH="$PATH" "$@" chroot "$root" \
      su --login --whitelist-environment SSL_CERT_FILE,PIP_CERT,LANG "$user" -c "$line"
    exit "$?"
  ' _ "$root" "$user" "$line" "${environment[@]}" </dev/null
}

# Runs a make target in the clone, prints a row of the table, and keeps the output.
try() {
  local root=$1 release=$2 user=$3 target=$4 log code=0 start=$SECONDS said
  log=$logs/$release-$user-$target.txt
  inside "$root" "$user" "cd dreamer-studio && make $target" >"$log" 2>&1 || code=$?
  said=$(grep -aE '^(Checkpoint: |=*.* (passed|failed)|System libraries are missing)' "$log" | tail -1 || true)
  said=${said/Please run*/Then the line for root.}
  printf "| %s | %s | %s | \`make %s\` | %d | %d s | %s |\n" "$release" \
    "$(inside "$root" root 'python3 --version' | cut -d' ' -f2)" "$user" "$target" "$code" $((SECONDS - start)) "$said"
}

clone_for() {
  local root=$1 user=$2 home
  home=$(inside "$root" root "echo ~$user")
  git clone --quiet --no-local "$checkout" "$root$home/dreamer-studio"
  inside "$root" root "chown -R $user: $home/dreamer-studio"
}

echo "| system | Python | user | command | exit code | time | it ends with |"
echo "|---|---|---|---|---|---|---|"
for release in "${releases[@]}"; do
  build "$work/bare" "$release" >"$logs/$release.txt" 2>&1
  for user in ${USERS:-ada root}; do # each in a copy: root's libraries would hide those that ada lacks
    root=$work/$user
    cp -a "$work/bare" "$root"
    clone_for "$root" "$user"
    if [ "$user" = ada ]; then
      try "$root" "$release" ada setup
      line=$(sed -n 's/.*Please run:  //p' "$logs/$release-ada-setup.txt" | sed 's/sudo //g')
      inside "$root" root "export DEBIAN_FRONTEND=noninteractive; $line" >"$logs/$release-ada-line.txt" 2>&1
    fi
    for target in "${commands[@]}"; do try "$root" "$release" "$user" "$target"; done
    rm -rf --one-file-system "$root"
  done
  rm -rf --one-file-system "$work/bare"
done
