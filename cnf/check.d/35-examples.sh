#!/usr/bin/env bash
# Hotnic's bundles in frameworks that are not its own: the examples
. "${top:?run it with ./check}/cnf/check.sh"
. "$top/cnf/build.sh"
cd "$top"
build_if_stale

# What an example prints is compared; copies are run, so that they cannot reach into the tree.
work=$(mktemp -d "${TMPDIR:-/tmp}/hotnic-examples.XXXXXX")
trap 'rm -rf "$work"' EXIT
cp -r examples/felix examples/equinox "$work/"
rm -rf "$work"/*/target
mkdir "$work/bundles"
for name in net.api net.pool net.pci net.sim net.driver.virtio; do
  cp "$(find "$name/target" -maxdepth 1 -name "$name-[0-9]*.jar" -not -name '*-sources.jar' | head -n 1)" "$work/bundles/"
done

says() { # example, text...
  local line output
  output=$(cd / && "$work/$1/run" "$work/bundles" 2>&1) || { echo "$output"; return 1; }
  echo "$output"
  for line in "${@:2}"; do
    grep -qF "$line" <<<"$output" || { echo "it does not say: $line"; return 1; }
  done
}
check 'a plain Felix, with an application that has it inside' says felix '1000 of 1000 frames went from card to card'
check 'an Equinox appliance, with a bundle of its own' says equinox 'sim/0000:00:01.0 02:00:00:00:00:01 virtio-net' 'sim/0000:01:00.0 02:00:00:00:00:02 virtio-net'
