#!/usr/bin/env bash
# Linux's own drivers on our models of cards, in a guest of QEMU 11.1
. "${top:?run it with ./check}/cnf/check.sh"
. "$top/cnf/build.sh"
. "$top/cnf/guest.sh"
. "$top/cnf/models.sh"
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
clean_up() {
  models_kill
  rm -rf "$work"
}
trap clean_up EXIT

# What the server serves, and what the guest looks at: PCI devices from number 4 on.
models=() wanted='' number=4
for pair in "${pairs[@]}"; do
  read -r driver first second <<<"$pair"
  wanted+=${wanted:+,}$driver
  for model in "$first" "$second"; do
    slot=$(printf '%02x.0' "$number")
    models+=("$model=$slot")
    wanted+=:$slot
    ((++number))
  done
done
models_serve "$work" "${models[@]}" || { fail "${names[0]}" "$models_missing"; exit 0; }
guest_archive "$work" init="$top/cnf/guest-init" >"$work/initramfs"
models_guest "$work" 240 512 '' "hotnic=$wanted"
models_end
models_results "$work"
# What the models say of the drivers: the first two are the virtio cards.
check 'the virtio model has nothing to say against the driver' models_quiet '^card 02:00:00:00:70:0[01]: [^P]'
