#!/usr/bin/env bash
# The runtime on cards of a guest's kernel, through VFIO: pulled, not root, hostile; on long runs without an IOMMU, killed, and with little memory, too
. "${top:?run it with ./check}/cnf/check.sh"
. "$top/cnf/build.sh"
. "$top/cnf/guest.sh"
. "$top/cnf/models.sh"
cd "$top"

name='the runtime in a guest, through VFIO'
have ip ping unshare -- "$name" || exit 0
((EUID == 0)) || { skip "$name" 'taps and network namespaces need root'; exit 0; }
[[ -c /dev/net/tun ]] || { skip "$name" 'there is no /dev/net/tun'; exit 0; }
unshare --net true 2>/dev/null || { skip "$name" 'this root may not make a network namespace'; exit 0; }
guest_get || { skip "$name" "$guest_missing"; exit 0; }
[[ -x $JAVA_HOME/bin/jlink ]] || { skip "$name" "$JAVA_HOME has no jlink, which makes the guest's Java"; exit 0; }

if [[ -z ${HOTNIC_VFIO_NAMESPACE:-} ]]; then
  build_if_stale
  build_testkit
  HOTNIC_VFIO_NAMESPACE=yes exec unshare --net bash "${BASH_SOURCE[0]}"
fi
build_testkit # there is nothing to build: it tells the class path

limit=$([[ -n ${HOTNIC_LONG:-} ]] && echo 1700 || echo 380) # seconds; a busy machine takes long to emulate another
work=$(mktemp -d "${TMPDIR:-/tmp}/hotnic-vfio.XXXXXX")
qemu='' flood=''
clean_up() {
  local process
  for process in $flood $qemu; do
    kill "$process" 2>/dev/null || true
  done
  models_kill
  rm -rf "$work"
}
trap clean_up EXIT

# ---- what goes into the guest: Java, the exported runtime, a bundle that hands out addresses that are nobody's ----
java=$guest_folder/java-$("$JAVA_HOME/bin/java" --version | sha256sum | cut -c 1-12)
if [[ ! -d $java ]]; then
  rm -rf "$java.new"
  "$JAVA_HOME/bin/jlink" --add-modules java.base,java.logging,java.xml,java.management,java.naming,jdk.jfr,jdk.unsupported --strip-debug --no-header-files \
    --no-man-pages --generate-cds-archive --output "$java.new"
  mv "$java.new" "$java"
fi
"$JAVA_HOME/bin/javac" -d "$work/classes" -cp "$testkit_class_path" cnf/guest-vfio/Hostile.java
printf 'Bundle-ManifestVersion: 2\nBundle-SymbolicName: hostile\nBundle-Version: 1.0.0\nBundle-Activator: Hostile\nImport-Package: %s\n' \
  'net.api.device,net.api.host,org.osgi.framework,org.osgi.util.tracker' >"$work/manifest"
"$JAVA_HOME/bin/jar" --create --file "$work/hostile.jar" --manifest "$work/manifest" -C "$work/classes" .
files=(init=cnf/guest-vfio/init opt/hotnic/with-iommu=cnf/guest-vfio/with-iommu opt/hotnic/without-iommu=cnf/guest-vfio/without-iommu
  opt/hotnic/killed=cnf/guest-vfio/killed opt/hotnic/run.jar=cnf/target/run.jar "opt/hotnic/hostile.jar=$work/hostile.jar")
while read -r file; do
  files+=("opt/java/${file#./}=$java/$file")
done < <(cd "$java" && find . -type f)
# The libraries of a Java from elsewhere: what the guest's own C library is not part of.
for library in libstdc++.so.6 libgcc_s.so.1 libdl.so.2 libpthread.so.0 librt.so.1 libutil.so.1 libm.so.6 libc.so.6; do
  file=$guest_folder/host/usr/lib/x86_64-linux-gnu/$library
  [[ -f $file ]] || file=$(ldconfig -p | sed -n "s/^\t$library .*x86-64.* => //p" | head -n 1)
  files+=("usr/lib/x86_64-linux-gnu/$library=$(readlink -f "$file")")
done
guest_archive "$work" "${files[@]}" >"$work/initramfs"
rm -rf "$work/archive"

# ---- two 82599 on a cable ----
models_serve "$work" 82599=06.0 82599-backplane=07.0 || { fail "$name" "$models_missing"; exit 0; }

# ---- what the guest asks of the machine outside ----
ip link set lo up
ip tuntap add dev tap0 mode tap
ip address add 10.77.0.1/24 dev tap0
ip link set tap0 up
answer() { # command...
  if "$@" >/dev/null 2>&1; then echo ok >&7; else echo no >&7; fi
}
# So many in a row, after the first that is answered.
pings() { # count
  local _
  for _ in {1..20}; do
    ! ping -c 1 -W 2 10.77.0.2 || break
  done
  ping -q -c "$1" -i 0.02 -W 10 10.77.0.2 | tee /dev/stderr | grep -q ' 0% packet loss'
}
flooding() { # on or off
  if [[ $1 == on ]]; then
    ping -q -i 0.002 -s 1000 10.77.0.2 >/dev/null 2>&1 &
    flood=$!
  else
    kill "$flood" 2>/dev/null || true
    flood=''
  fi
}
monitor() { # command
  tee "$work/hmp" <<<"$1" && cat "$work/hmp" >&5
}

# A boot with a command line for the kernel, whose last word on the IOMMU counts: Debian's has it on when nobody says anything, most others have it off.
# The guest is at its end when `ended` is set; `next` is the command line with which it wants to be booted again.
mkfifo "$work/monitor.in" "$work/monitor.out" "$work/serial.in" "$work/serial.out"
exec 5<>"$work/monitor.in" 6<>"$work/monitor.out" 7<>"$work/serial.in" 8<>"$work/serial.out"
boot() { # command line
  local line
  ended='' next=''
  timeout --kill-after=5 "$limit" "$guest_folder/qemu" -machine q35,kernel-irqchip=split,memory-backend=ram -accel tcg,thread=multi -cpu max -smp 2 -m 1024 \
    -object memory-backend-memfd,id=ram,size=1024M,share=on -nodefaults -display none -no-reboot \
    -chardev "pipe,id=serial,path=$work/serial" -serial chardev:serial -chardev "pipe,id=monitor,path=$work/monitor" -monitor chardev:monitor \
    -kernel "$guest_folder/vmlinuz" -initrd "$work/initramfs" -append "console=ttyS0 quiet iommu=nopt intel_iommu=off no_timer_check panic=-1 $1" \
    -device intel-iommu,intremap=on,caching-mode=on -device pcie-root-port,id=rp1,chassis=1,slot=1 \
    -netdev tap,id=n0,ifname=tap0,script=no,downscript=no,vhost=off \
    -device virtio-net-pci,netdev=n0,bus=rp1,id=card,romfile=,disable-legacy=on,iommu_platform=on \
    "${models_devices[@]}" \
    -device virtio-net-pci,addr=08.0,multifunction=on,romfile=,disable-legacy=on,iommu_platform=on \
    -device virtio-rng-pci,addr=08.1,disable-legacy=on,iommu_platform=on >"$work/qemu" 2>&1 4>&- 5>&- 6>&- 7>&- 8>&- &
  qemu=$!
  while [[ -z $ended ]] && { IFS= read -r -t 5 line <&8 || kill -0 "$qemu" 2>/dev/null; }; do
    line=${line%$'\r'}
    [[ -z $line ]] || echo "$SECONDS $line"
    case $line in
      'ASK boot '*) next=${line#ASK boot } ended=yes ;;
      'ASK ping '*) answer pings "${line#ASK ping }" ;;
      'ASK knock') answer ping -c 1 -W 1 10.77.0.2 ;;
      'ASK flood '*) answer flooding "${line#ASK flood }" ;;
      'ASK hmp '*) answer monitor "${line#ASK hmp }" ;;
      'HOTNIC pass '*) pass "${line#HOTNIC pass }" ;;
      'HOTNIC show '*) show "${line#HOTNIC show }" ;;
      'HOTNIC fail '*) line=${line#HOTNIC fail }; fail "${line%%: because *}" "${line#*: because }" ;;
      'HOTNIC last') ended=yes ;;
    esac
    line=''
  done
  wait "$qemu" || true
  qemu=''
  cat "$work/qemu"
}

SECONDS=0
if [[ -n ${HOTNIC_LONG:-} ]]; then
  boot hotnic=long
  check 'the machine without an IOMMU has come to its end, which is a reboot with one' test "$next" = intel_iommu=on
  boot "${next:-intel_iommu=on} hotnic=long"
else
  boot intel_iommu=on
  skip 'the same without an IOMMU, killed, twice on one card, with little memory to lock' 'they take minutes: ./check --long vfio'
fi
check 'the guest has come to its end' test -n "$ended"
models_end
models_verdict
