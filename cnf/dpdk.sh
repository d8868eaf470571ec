# shellcheck shell=bash
# DPDK's testpmd for a guest: Debian's packages, unpacked beside the system, nothing installed. dpdk_get, after guest_get, leaves them in the cache too, about 40 MB of
# downloads on the first run, and fills dpdk_files for guest_archive; or it says in guest_missing why there is none.

dpdk_files=()

dpdk_get() {
  local root=$guest_folder/dpdk file
  exec 7>"$guest_folder/dpdk.lock"
  flock 7
  if [[ ! -d $root ]] && ! { dpdk_make "$root.new" && mv "$root.new/root" "$root"; } 7>&-; then
    guest_missing='the packages of DPDK could not be fetched'
  fi
  rm -rf "$root.new"
  exec 7>&-
  [[ -z $guest_missing ]] || return 1
  dpdk_files=("usr/bin/dpdk-testpmd=$root/usr/bin/dpdk-testpmd")
  while read -r file; do
    dpdk_files+=("usr/lib/x86_64-linux-gnu/$(basename "$file")=$file")
  done < <(dpdk_libraries "$root")
}

# What testpmd is linked with, and what it loads.
dpdk_libraries() { # root
  local lib=$1/usr/lib/x86_64-linux-gnu
  "$1/usr/lib64/ld-linux-x86-64.so.2" --library-path "$lib" --list "$1/usr/bin/dpdk-testpmd" | awk '$3 ~ /^\// { print $3 }'
  ls "$lib"/dpdk/pmds-*/librte_{net_ixgbe,mempool_ring}.so.*[0-9]
}

dpdk_make() { # folder
  local mirror packages
  export DEBIAN_FRONTEND=noninteractive
  mkdir -p "$1/root"
  while read -r mirror; do
    guest_apt "$1/apt" "$mirror"
    ! apt-get -qq update || ! apt-cache show dpdk-dev >/dev/null 2>&1 || break
  done < <(guest_mirrors)
  (cd "$1/apt/cache/archives" && apt-get -qq download dpdk-dev && dpkg-deb -x dpdk-dev_*.deb "$1/root") || return 1
  # testpmd knows drivers by name, so it is linked with them; the packages that have them are named after their libraries.
  packages=$(grep -a -o 'librte_[a-z0-9_]*[.]so[.][0-9]*' "$1/root/usr/bin/dpdk-testpmd" | sort -u | sed 's/[.]so[.]//; s/_/-/g; s/\(mlx5\)\([0-9][0-9]\)$/\1-\2/')
  # shellcheck disable=SC2086 # a list
  apt-get -qq install --yes --download-only $packages librte-mempool-ring25 && guest_unpack "$1" "$1/root"
}
