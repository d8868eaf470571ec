#!/usr/bin/env bash
# Linux's own drivers on our models of cards, in a guest of QEMU 11.1
. "${top:?run it with ./check}/cnf/check.sh"
. "$top/cnf/build.sh"
. "$top/cnf/guest.sh"
cd "$top"

# Models, served over vfio-user, that are on one cable, and the kernel's driver for both: driver, model, model.
pairs=('virtio_net virtio virtio' 'ixgbe 82599-backplane 82599')

names=()
for pair in "${pairs[@]}"; do
  names+=("${pair%% *} of Linux drives our model")
done
if ! guest_get; then
  for name in "${names[@]}"; do
    skip "$name" "$guest_missing"
  done
  exit 0
fi
build_if_stale
build_testkit

work=$(mktemp -d "${TMPDIR:-/tmp}/hotnic-guest.XXXXXX")
server=''
clean_up() {
  [[ -z $server ]] || kill "$server" 2>/dev/null || true
  rm -rf "$work"
}
trap clean_up EXIT

# What QEMU plugs in, what the server serves, and what the guest looks at: PCI devices from number 4 on.
devices=() models=() wanted='' number=4
for pair in "${pairs[@]}"; do
  read -r driver first second <<<"$pair"
  wanted+=${wanted:+,}$driver
  for model in "$first" "$second"; do
    slot=$(printf '%02x.0' "$number")
    models+=("$model=$work/$slot")
    devices+=(-device "{\"driver\":\"vfio-user-pci\",\"addr\":\"$slot\",\"socket\":{\"type\":\"unix\",\"path\":\"$work/$slot\"}}")
    wanted+=:$slot
    ((++number))
  done
done

mkfifo "$work/hold"
"$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED -Xmx256m -cp "$testkit_class_path" net.testkit.vfio.Serve "${models[@]}" \
  <"$work/hold" >"$work/server" 2>&1 &
server=$!
exec 6>"$work/hold"
for _ in {1..200}; do
  ! grep -q '^serving' "$work/server" || break
  sleep 0.1
done
if ! grep -q '^serving' "$work/server"; then
  cat "$work/server"
  fail "${names[0]}" "the models are not served: $(tail -n 1 "$work/server")"
  exit 0
fi

guest_archive "$work" init="$top/cnf/guest-init" >"$work/initramfs"
status=0
timeout --kill-after=5 240 "$guest_folder/qemu" -machine q35,memory-backend=ram -accel tcg,thread=multi -cpu max -smp 2 -m 512 \
  -object memory-backend-memfd,id=ram,size=512M,share=on -nodefaults -display none -serial stdio -no-reboot \
  -kernel "$guest_folder/vmlinuz" -initrd "$work/initramfs" -append "console=ttyS0 quiet panic=-1 hotnic=$wanted" "${devices[@]}" \
  </dev/null >"$work/serial" 2>&1 6>&- || status=$?
exec 6>&-
wait "$server" || true
server=''
tr -d '\r' <"$work/serial" | grep -v '^HOTNIC [pf]'
cat "$work/server"

# The results of the guest are those of this stage.
while read -r result name; do
  case $result in
    pass) pass "$name" ;;
    show) show "$name" ;;
    fail) fail "${name%%: because *}" "${name#*: because }" ;;
  esac
done < <(tr -d '\r' <"$work/serial" | sed -n 's/^HOTNIC //p')
# What the models say of the drivers: the first two are the virtio cards.
quiet() { # expression
  ! grep -E "$1" "$work/server"
}
check 'the virtio model has nothing to say against the driver' quiet '^card 02:00:00:00:70:0[01]: [^P]'
check 'no card was sent to memory that is not the guest'"'"'s' quiet 'memory that was not lent'
check 'QEMU was never disconnected for a reason' quiet 'the client was disconnected'
check 'the guest has come to its end' grep -q '^HOTNIC end' "$work/serial"
