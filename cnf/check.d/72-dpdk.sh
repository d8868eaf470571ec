#!/usr/bin/env bash
# DPDK's ixgbe driver on our model, in a guest of QEMU 11.1
. "${top:?run it with ./check}/cnf/check.sh"
. "$top/cnf/build.sh"
. "$top/cnf/guest.sh"
. "$top/cnf/models.sh"
. "$top/cnf/dpdk.sh"
cd "$top"

name='DPDK drives our 82599'
guest_get && dpdk_get || { skip "$name" "$guest_missing"; exit 0; }
build_if_stale
build_testkit

work=$(mktemp -d "${TMPDIR:-/tmp}/hotnic-dpdk.XXXXXX")
clean_up() {
  models_kill
  rm -rf "$work"
}
trap clean_up EXIT

models_serve "$work" 82599-backplane=04.0 82599=05.0 || { fail "$name" "$models_missing"; exit 0; }
guest_archive "$work" init="$top/cnf/guest-dpdk-init" "${dpdk_files[@]}" >"$work/initramfs"
models_guest "$work" 240 768 ,kernel-irqchip=split 'intel_iommu=on iommu=nopt no_timer_check hugepages=64 hotnic=04.0,05.0' \
  -device intel-iommu,intremap=on,caching-mode=on,aw-bits=48
models_end
models_results "$work"
while read -r line; do
  show "the model of $line"
done < <(sed -n 's/^card //p' "$models_log" | grep -v PortCounters)
