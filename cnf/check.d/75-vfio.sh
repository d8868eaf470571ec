#!/usr/bin/env bash
# The runtime on cards of a guest's kernel, through VFIO and an IOMMU
. "${top:?run it with ./check}/cnf/check.sh"
. "$top/cnf/build.sh"
. "$top/cnf/guest.sh"
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
  HOTNIC_VFIO_NAMESPACE=yes exec unshare --net bash "${BASH_SOURCE[0]}"
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/hotnic-vfio.XXXXXX")
qemu='' flood=''
limit=$([[ -n ${HOTNIC_LONG:-} ]] && echo 3500 || echo 380) # seconds; a busy machine takes long to emulate another
clean_up() {
  [[ -z $flood ]] || kill "$flood" 2>/dev/null || true
  [[ -z $qemu ]] || kill "$qemu" 2>/dev/null || true
  rm -rf "$work"
}
trap clean_up EXIT

# ---- what goes into the guest: Java, and the exported runtime ----
java=$guest_folder/java-$("$JAVA_HOME/bin/java" --version | sha256sum | cut -c 1-12)
if [[ ! -d $java ]]; then
  rm -rf "$java.new"
  "$JAVA_HOME/bin/jlink" --add-modules java.base,java.logging,java.xml,java.management,java.naming,jdk.jfr,jdk.unsupported --strip-debug --no-header-files \
    --no-man-pages --generate-cds-archive --output "$java.new"
  mv "$java.new" "$java"
fi
files=(init=cnf/guest-vfio-init opt/hotnic/run.jar=cnf/target/run.jar)
while read -r file; do
  files+=("opt/java/${file#./}=$java/$file")
done < <(cd "$java" && find . -type f)
# The libraries of a Java from elsewhere: what the guest's own C library is not part of.
for library in libstdc++.so.6 libgcc_s.so.1 libdl.so.2 libpthread.so.0 librt.so.1 libm.so.6 libc.so.6; do
  file=$guest_folder/host/usr/lib/x86_64-linux-gnu/$library
  [[ -f $file ]] || file=$(ldconfig -p | sed -n "s/^\t$library .*x86-64.* => //p" | head -n 1)
  files+=("usr/lib/x86_64-linux-gnu/$library=$(readlink -f "$file")")
done
guest_archive "$work" "${files[@]}" >"$work/initramfs"
rm -rf "$work/archive"

# ---- the guest, and what it asks of the machine outside ----
ip link set lo up
ip tuntap add dev tap0 mode tap
ip address add 10.77.0.1/24 dev tap0
ip link set tap0 up
mkfifo "$work/monitor.in" "$work/monitor.out" "$work/serial.in" "$work/serial.out"
exec 5<>"$work/monitor.in" 6<>"$work/monitor.out" 7<>"$work/serial.in" 8<>"$work/serial.out"
timeout --kill-after=5 "$limit" "$guest_folder/qemu" -machine q35,kernel-irqchip=split -accel tcg,thread=multi -cpu max -smp 2 -m 1024 -nodefaults -display none -no-reboot \
  -chardev "pipe,id=serial,path=$work/serial" -serial chardev:serial -chardev "pipe,id=monitor,path=$work/monitor" -monitor chardev:monitor \
  -kernel "$guest_folder/vmlinuz" -initrd "$work/initramfs" -append 'console=ttyS0 quiet intel_iommu=on iommu=nopt no_timer_check panic=-1' \
  -device intel-iommu,intremap=on,caching-mode=on -device pcie-root-port,id=rp1,chassis=1,slot=1 \
  -netdev tap,id=n0,ifname=tap0,script=no,downscript=no,vhost=off \
  -device virtio-net-pci,netdev=n0,bus=rp1,id=card,romfile=,disable-legacy=on,iommu_platform=on >"$work/qemu" 2>&1 5>&- 6>&- 7>&- 8>&- &
qemu=$!

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

ended=''
while [[ -z $ended ]] && { IFS= read -r -t 5 line <&8 || kill -0 "$qemu" 2>/dev/null; }; do
  line=${line%$'\r'}
  [[ -z $line ]] || echo "$line"
  case $line in
    'ASK ping '*) answer pings "${line#ASK ping }" ;;
    'ASK flood '*) answer flooding "${line#ASK flood }" ;;
    'ASK hmp '*) answer tee "$work/hmp" <<<"${line#ASK hmp }" && cat "$work/hmp" >&5 ;;
    'HOTNIC pass '*) pass "${line#HOTNIC pass }" ;;
    'HOTNIC fail '*) line=${line#HOTNIC fail }; fail "${line%%: because *}" "${line#*: because }" ;;
    'HOTNIC end') ended=yes ;;
  esac
  line=''
done
cat "$work/qemu"
check 'the guest has come to its end' test -n "$ended"
