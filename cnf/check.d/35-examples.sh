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
  mkdir -p "$work/tmp"
  output=$(cd / && JAVA_TOOL_OPTIONS="-Djava.io.tmpdir=$work/tmp" "$work/$1/run" "$work/bundles" 2>&1) || { echo "$output"; return 1; }
  echo "$output"
  [[ -z $(ls "$work/tmp") ]] || { echo "it leaves behind: $(ls "$work/tmp")"; return 1; }
  for line in "${@:2}"; do
    grep -qF "$line" <<<"$output" || { echo "it does not say: $line"; return 1; }
  done
}
check 'a plain Felix, with an application that has it inside' says felix '1000 of 1000 frames went from card to card'
check 'an Equinox appliance, with a bundle of its own' says equinox 'sim/0000:00:01.0 02:00:00:00:00:01 virtio-net' 'sim/0000:01:00.0 02:00:00:00:00:02 virtio-net'

without() { # example
  local output status=0
  output=$("$work/$1/run" "$work/none" 2>&1) || status=$?
  echo "$output"
  [[ $status == 1 && $output == "There is no net.api in $work/none: build Hotnic "* ]]
}
mkdir "$work/none"
check 'a plain Felix, without the bundles' without felix
check 'an Equinox appliance, without the bundles' without equinox

# ---- the service ----
# Its command as it stands there, but for the places, and its end as systemd would judge it.
service_runs() {
  local command place=$work/service process status=0
  mkdir -p "$place/conf" "$place/drivers" "$work/run"
  command=$(sed -n 's/^ExecStart=//p' examples/hotnic.service)
  command=${command//\/usr\/bin\/java/$JAVA_HOME/bin/java}
  command=${command//\/opt\/hotnic/$top/cnf/target}
  command=${command//\/run\/hotnic/$work/run}
  # shellcheck disable=SC2086
  (cd "$place" && exec $command >"$work/out" 2>&1 </dev/null) &
  process=$!
  service_is_up() { grep -q 'bundles active' "$work/out" || ! kill -0 "$process" 2>/dev/null; }
  await service_is_up || true
  kill "$process" || true
  wait "$process" || status=$?
  cat "$work/out"
  grep -q 'bundles active' "$work/out" || { echo 'it did not come up'; return 1; }
  grep -qx "SuccessExitStatus=$status" examples/hotnic.service || { echo "systemd would call its end with status $status a failure"; return 1; }
}
check "the service's command starts, and ends as the service says" service_runs

# A root of its own, with the programs that the service names, says whether systemd understands every line. It says nothing when all is well.
understood() {
  local root=$work/root program output
  mkdir -p "$root/etc/systemd/system" "$root/usr/lib/systemd/system" "$root/usr/bin" "$root/usr/sbin"
  ln -s usr/bin "$root/bin"
  ln -s usr/sbin "$root/sbin"
  for program in usr/sbin/modprobe usr/bin/sh usr/bin/java; do
    install -m 755 /dev/null "$root/$program"
  done
  for program in basic sysinit shutdown multi-user network-pre; do
    printf '[Unit]\nDescription=%s\n' "$program" >"$root/usr/lib/systemd/system/$program.target"
  done
  cp examples/hotnic.service "$root/etc/systemd/system/"
  output=$(systemd-analyze verify --root="$root" hotnic.service 2>&1) || { echo "$output"; return 1; }
  [[ -z $output ]] || { echo "$output"; return 1; }
}
exposed() { systemd-analyze security --offline=true --threshold=20 --root="$work/root" hotnic.service; } # 2.0 of 10, in tenths
if have systemd-analyze -- 'systemd understands the service' "the service is exposed to little, says systemd"; then
  check 'systemd understands the service' understood
  check 'the service is exposed to little, says systemd' exposed
fi
