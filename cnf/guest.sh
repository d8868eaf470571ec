# shellcheck shell=bash
# A guest for tests: QEMU 11.1 from trixie-backports, and Debian's own kernel with its unmodified modules, beside the system, nothing installed.
# `guest_get` leaves them in a cache, about 180 MB of downloads on the first run, and sets guest_folder; or it says in guest_missing why there is none.
#   $guest_folder/qemu         runs QEMU with the libraries that came along
#   $guest_folder/vmlinuz      the kernel
#   $guest_folder/initramfs    its modules, busybox, ip, ping, ethtool, setpriv and modprobe, without an init: a second archive brings that

: "${top:?the folder of the project}"
guest_suite=trixie
guest_keyring=/usr/share/keyrings/debian-archive-keyring.gpg
guest_modules=(virtio_pci virtio_net ixgbe 8021q vfio-pci vfio_iommu_type1)
guest_programs=(/usr/bin/busybox /usr/bin/ping /usr/sbin/ethtool /usr/bin/ip /usr/bin/setpriv /usr/sbin/modprobe)
guest_missing='' guest_folder=''

guest_get() {
  local cache=${XDG_CACHE_HOME:-${HOME:-$top/.cache}/.cache}/hotnic made
  mkdir -p "$cache" 2>/dev/null || cache=$top/.cache
  # Another recipe makes another guest.
  guest_folder=$cache/guest-$guest_suite-$(sha256sum "$top/cnf/guest.sh" | cut -c 1-12)
  [[ ! -f $guest_folder/complete ]] || return 0
  local program
  for program in apt-get apt-cache dpkg-deb xz flock; do
    command -v "$program" >/dev/null || { guest_missing="$program is not here: QEMU 11.1 and the kernel come as Debian packages"; return 1; }
  done
  [[ $(uname -m) == x86_64 ]] || { guest_missing="the guest is one of x86-64, and this machine is $(uname -m)"; return 1; }
  [[ -f $guest_keyring ]] || { guest_missing="$guest_keyring, which the packages are verified with, is not here (Debian: debian-archive-keyring)"; return 1; }
  made=$guest_folder.new
  exec 7>"$cache/guest.lock"
  flock 7
  if [[ ! -f $guest_folder/complete ]]; then
    rm -rf "$made"
    mkdir -p "$made"
    if ! guest_make "$made" 7>&-; then
      rm -rf "$made"
      exec 7>&-
      return 1
    fi
    rm -rf "$guest_folder"
    mv "$made" "$guest_folder"
    touch "$guest_folder/complete"
  fi
  exec 7>&-
}

# Addresses of archives that this machine takes Debian packages from, as it has them configured.
guest_mirrors() {
  # shellcheck disable=SC2016 # the dollars are apt's
  APT_CONFIG='' apt-get indextargets --format '$(REPO_URI) $(COMPONENT)' 'Created-By: Packages' 2>/dev/null |
    awk '$2 == "main" && $1 !~ /security/ && !seen[$1]++ { print $1 }'
}

guest_make() { # folder
  local folder=$1 mirror found=''
  export DEBIAN_FRONTEND=noninteractive
  while read -r mirror; do
    guest_apt "$folder/apt" "$mirror"
    if apt-get -qq update && apt-cache madison qemu-system-x86 | grep "$guest_suite-backports" >/dev/null; then
      found=$mirror
      break
    fi
  done < <(guest_mirrors)
  if [[ -z $found ]]; then
    guest_missing="no archive that apt knows here has $guest_suite-backports, where QEMU 11.1 is"
    return 1
  fi
  local kernel
  kernel=$(apt-cache show --no-all-versions linux-image-amd64 | sed -n 's/^Depends: \(linux-image-[^ ,]*\).*/\1/p')
  if ! { apt-get -qq install --yes --download-only --target-release "$guest_suite-backports" qemu-system-x86 seabios && guest_unpack "$folder" "$folder/host" &&
    apt-get -qq install --yes --download-only busybox-static iputils-ping ethtool iproute2 kmod util-linux && guest_unpack "$folder" "$folder/guest" &&
    (cd "$folder/apt/cache/archives" && apt-get -qq download "$kernel/$guest_suite") && guest_unpack "$folder" "$folder/kernel"; }; then
    guest_missing='the packages of QEMU 11.1 and of the kernel could not be fetched'
    return 1
  fi
  if ! { guest_image "$folder" && guest_qemu "$folder" && rm -rf "$folder"/{apt,guest,kernel}; }; then
    guest_missing='the initramfs could not be made'
    return 1
  fi
}

# A root of apt's own, with no package installed: everything that is needed is fetched, and the system's own lists and packages are left alone.
guest_apt() { # folder, mirror
  mkdir -p "$1"/{state/lists/partial,cache/archives/partial,etc/apt.conf.d,etc/preferences.d}
  : >"$1/status"
  printf 'deb [signed-by=%s] %s %s main\n' "$guest_keyring" "$2" "$guest_suite" "$guest_keyring" "$2" "$guest_suite-backports" >"$1/etc/sources.list"
  cat >"$1/apt.conf" <<CONF
Dir "$1";
Dir::State "$1/state";
Dir::State::status "$1/status";
Dir::Cache "$1/cache";
Dir::Etc "$1/etc";
APT::Architecture "amd64";
APT::Architectures { "amd64"; };
APT::Install-Recommends "false";
APT::Sandbox::User "$(id -un)";
Acquire::Languages "none";
Acquire::Retries "2";
CONF
  export APT_CONFIG=$1/apt.conf
}

# Unpacks what was downloaded into a folder where /usr has everything, and forgets the downloads.
guest_unpack() { # folder, into
  local package
  mkdir -p "$2"/usr/{bin,sbin,lib,lib64}
  ln -sfn usr/bin "$2/bin" && ln -sfn usr/sbin "$2/sbin" && ln -sfn usr/lib "$2/lib" && ln -sfn usr/lib64 "$2/lib64"
  for package in "$1"/apt/cache/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$package" | tar -x -C "$2" --keep-directory-symlink --no-same-owner --exclude './usr/share/doc*' --exclude './usr/share/man*' \
      --exclude './usr/share/locale*' --exclude './dev/*' --exclude './etc/*' --exclude './var/*' || return 1
  done
  rm "$1"/apt/cache/archives/*.deb
}

guest_run() { # root, program, arguments...
  local root=$1
  shift
  "$root/usr/lib64/ld-linux-x86-64.so.2" --library-path "$root/usr/lib/x86_64-linux-gnu" "$root$1" "${@:2}"
}

# The modules with what they depend on, and the programs with their libraries.
guest_image() { # folder
  local root=$1/kernel version tree=$1/tree module program file
  version=$(basename "$root"/boot/vmlinuz-*)
  version=${version#vmlinuz-}
  cp "$root/boot/vmlinuz-$version" "$1/vmlinuz"
  guest_run "$1/guest" /usr/sbin/depmod --basedir "$root" "$version" || return 1
  mkdir -p "$tree"/{dev,proc,sys,run,tmp,etc,usr/bin,usr/sbin,usr/lib64,usr/lib/x86_64-linux-gnu} "$tree/usr/lib/modules/$version"
  ln -s usr/bin "$tree/bin" && ln -s usr/sbin "$tree/sbin" && ln -s usr/lib "$tree/lib" && ln -s usr/lib64 "$tree/lib64"
  for module in "${guest_modules[@]}"; do
    while read -r file; do
      mkdir -p "$tree/usr/lib/modules/$version/$(dirname "$file")"
      xz --decompress --stdout "$root/usr/lib/modules/$version/$file" >"$tree/usr/lib/modules/$version/${file%.xz}" || return 1
    done < <(awk -v name="$module" 'match($1, "/" name "[.]ko[.]xz:$") { sub(":", "", $1); for (i = 1; i <= NF; i++) print $i }' "$root/usr/lib/modules/$version/modules.dep")
  done
  cp "$root/usr/lib/modules/$version"/modules.{builtin,builtin.modinfo,order} "$tree/usr/lib/modules/$version/"
  guest_run "$1/guest" /usr/sbin/depmod --basedir "$tree" "$version" || return 1
  for program in "${guest_programs[@]}"; do
    cp -L "$1/guest$program" "$tree$program" || return 1
    while read -r file; do
      cp -L "$file" "$tree/usr/lib/x86_64-linux-gnu/"
    done < <("$1/guest/usr/lib64/ld-linux-x86-64.so.2" --library-path "$1/guest/usr/lib/x86_64-linux-gnu" --list "$1/guest$program" 2>/dev/null | awk '$3 ~ /^\// { print $3 }')
  done
  cp -L "$1/guest/usr/lib64/ld-linux-x86-64.so.2" "$tree/usr/lib64/"
  (cd "$tree" && find . | "$1/guest/usr/bin/busybox" cpio -o -H newc 2>/dev/null) >"$1/initramfs"
  cp "$1/guest/usr/bin/busybox" "$1/busybox"
  rm -rf "$tree"
  [[ -s $1/initramfs ]]
}

# The initramfs with files of one's own behind it, on standard output: init=FILE gives the guest its first program. GNU cpio is not on every machine.
guest_archive() { # scratch folder, PATH=FILE...
  local scratch=$1/archive file
  shift
  mkdir -p "$scratch"
  for file; do
    install -D -m 755 "${file#*=}" "$scratch/${file%%=*}"
  done
  cat "$guest_folder/initramfs"
  (cd "$scratch" && find . -mindepth 1 | "$guest_folder/busybox" cpio -o -H newc 2>/dev/null)
}

# A program that starts QEMU from wherever the folder is.
guest_qemu() { # folder
  cat >"$1/qemu" <<'QEMU'
#!/bin/sh
root=$(dirname "$(readlink -f "$0")")/host
export QEMU_MODULE_DIR="$root/usr/lib/x86_64-linux-gnu/qemu"
exec "$root/usr/lib64/ld-linux-x86-64.so.2" --library-path "$root/usr/lib/x86_64-linux-gnu" "$root/usr/bin/qemu-system-x86_64" \
  -L "$root/usr/share/qemu" -L "$root/usr/share/seabios" "$@"
QEMU
  chmod +x "$1/qemu"
  "$1/qemu" -device vfio-user-pci,help | grep socket >/dev/null
}
