# shellcheck shell=bash
# The programs that tests use beside Java and Maven, and the Debian packages that bring them. Sourced by check.

declare -A package_of=(
  [qemu-system-x86_64]=qemu-system-x86
  [qemu-system-arm]=qemu-system-arm
  [qemu-system-aarch64]=qemu-system-arm
  [ip]=iproute2
  [ping]=iputils-ping
  [tshark]=tshark
  [xz]=xz-utils
  [systemd-analyze]=systemd
)

missing() {
  local program
  for program in "${!package_of[@]}"; do
    command -v "$program" >/dev/null || printf '%s\n' "$program"
  done | sort
}

# Asks nobody anything: tshark's question (may users who are not root capture?) keeps its default, no.
install_packages() {
  local program package
  local -a packages=()
  while read -r program; do
    packages+=("${package_of[$program]}")
  done < <(missing)
  ((${#packages[@]})) || return 0
  ((EUID == 0)) && command -v apt-get >/dev/null || return 0
  export DEBIAN_FRONTEND=noninteractive
  apt-get update
  for package in "${packages[@]}"; do # one by one: what one suite does not have keeps nothing else away
    apt-get install --yes --no-install-recommends "$package" || true
  done
}

missing_packages() {
  local program
  while read -r program; do
    echo "Without $program (Debian and Ubuntu: ${package_of[$program]}), which is not here, the tests that need it are skipped."
  done < <(missing)
}
