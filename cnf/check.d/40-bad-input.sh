#!/usr/bin/env bash
# Wrong configuration, wrong commands and a missing JDK, as a user meets them
. "${top:?run it with ./check}/cnf/check.sh"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/conf" "$folder/drivers"
mkfifo "$folder/keys"
trap '' PIPE # a runtime that is gone reads no commands
run=("$top/run" --conf "$folder/conf" --drivers "$folder/drivers")

# Wrong values, each in a file of its own: name of the case, file, what the message has to say (extended regular expression), lines of the file.
names=() said=()
wrong() {
  names+=("$1")
  said+=("$3")
  printf '%s\n' "${@:4}" >"$folder/conf/$2"
}

# True when every value has its line, or the runtime is gone.
all_said() {
  local text
  kill -0 "$runtime" 2>/dev/null || return 0
  for text in "${said[@]}"; do
    grep -qE "$text" "$folder/err" || return 1
  done
}

# Starts with the values collected. Each has one line on standard error, there is no other line, both cards are up, and the status is 0.
judge() {
  local i status=0 lines
  # Configurations are told on threads of their own: a command is typed when all has been said, or a minute has passed.
  : >"$folder/err"
  "${run[@]}" <"$folder/keys" >"$folder/out" 2>"$folder/err" &
  runtime=$!
  exec 7>"$folder/keys"
  await all_said || true
  echo net:devices >&7 || true
  exec 7>&-
  wait "$runtime" || status=$?
  sed -i '/^Building /d' "$folder/err"
  cat "$folder/err" "$folder/out"
  for i in "${!names[@]}"; do
    lines=$(grep -cE "${said[i]}" "$folder/err" || true)
    if ((lines == 1)); then
      pass "${names[i]}"
    else
      fail "${names[i]}" "$lines lines on standard error say '${said[i]}' instead of one; the first line is: $(head -n 1 "$folder/err")"
    fi
  done
  lines=$(wc -l <"$folder/err")
  if ((status == 0 && lines == ${#names[@]} && $(grep -cE '^sim/.* attached ' "$folder/out") == 2)); then
    pass "the runtime lives with: $(printf '%s; ' "${names[@]}")"
  else
    fail "the runtime lives with: $(printf '%s; ' "${names[@]}")" "status $status, $lines lines on standard error, cards: $(grep '^sim/' "$folder/out" | tr '\n' ' ')"
  fi
  names=() said=()
  rm "$folder/conf"/*
}

wrong 'a pool of size 0' net.pool.cfg "net.pool: .*buffers.* 0.* 1 to 16777216" 'buffers = 0'
wrong 'more cards than there can be' net.sim.cfg "net.sim: cards = '99'.* 0 to 16" 'cards = 99'
wrong 'an MTU that is too small' net.pci.cfg "net.pci: mtu = '5'.* 68 to 65517" 'mtu = 5'
wrong 'a MAC address that is none' net.pci.device-bad.cfg "net.pci.device.*: mac = 'nonsense'.* such as 02:" 'address = sim/*' 'mac = nonsense'
wrong 'a sysfs that is nowhere' net.linux.cfg "net.linux: sysfs = '/nowhere'.* absolute path" 'sysfs = /nowhere'
judge
wrong 'a number of buffers that is no number' net.pool.cfg "net.pool: .*buffers.*'many'.* whole number" 'buffers = many'
wrong 'a number of cards that is no number' net.sim.cfg 'net.sim: cards is no number.* 0 to 16' 'cards = two'
wrong 'a ring size that is no power of two' net.pci.cfg "net.pci: rxRingSize = '100'.* power of two" 'rxRingSize = 100'
wrong 'neither true nor false' net.linux.cfg "net.linux: enabled = 'perhaps'.* true nor false" 'enabled = perhaps'
judge
wrong 'a key that is misspelt' net.pool.cfg "net.pool: bufers = '4096' is ignored.* did you mean buffers\\?" 'bufers = 4096'
wrong 'a key that there is not' net.pci.cfg "net.pci: speed = 'fast' is ignored.* there are allMulticast, " 'speed = fast'
wrong 'a key that is misspelt in one of several' net.pci.device-left.cfg "net.pci.device.left: adress = .* did you mean address" 'adress = sim/*' 'address = sim/*'
wrong 'neither true nor false, for a driver' net.driver.fxmac.cfg "net.driver.fxmac: tx.checksums = 'maybe' is not true or false" 'tx.checksums = maybe'
wrong 'none of the words that there are' net.locate.cfg "net.locate: policy = 'never' is not one of automatic, ask, off" 'policy = never'
wrong 'simulated cards, neither true nor false' net.sim.cfg "net.sim: enabled = 'perhaps'; write true or false" 'enabled = perhaps'
judge

fails_with() { # status, text that it has to say, command...
  local status=0 wanted=$1 says=$2
  shift 2
  "$@" >"$folder/out" 2>&1 || status=$?
  cat "$folder/out"
  ((status == wanted)) || { echo "status $status instead of $wanted"; return 1; }
  grep -qE "$says" "$folder/out" || { echo "it does not say: $says"; return 1; }
}
check 'a command that does not exist' fails_with 1 'net:nothing' "${run[@]}" -c net:nothing
check 'a command for a device that does not exist' fails_with 1 "no device has the address '9:09.7'" "${run[@]}" -c 'net:attach 9:09.7'
check 'an argument that does not exist' fails_with 2 'unknown argument --nothing' "$top/run" --nothing
check 'a benchmark that does not exist' fails_with 2 "no benchmark 'nothing', there are: pool forward" "$top/bench" nothing
check 'a stage that does not exist' fails_with 2 'no stage nothing, there are: house build' "$top/check" nothing

# find_jdk as on a machine without a JDK 25: nothing in the usual places, and an old Java or none in JAVA_HOME.
without_jdk() { # JAVA_HOME of the attempt
  # shellcheck disable=SC2016 # the dollars are those of the inner shell
  unshare --user --map-root-user --mount bash -c '
    for place in /usr/lib/jvm /opt; do
      [[ ! -d $place ]] || mount -t tmpfs none "$place"
    done
    HOME=/nonexistent JAVA_HOME=$1 exec "$2/run" -c net:devices' - "$1" "$top"
}
if ! unshare --user --map-root-user --mount true 2>/dev/null; then
  skip 'a missing JDK' 'no user namespaces here, so it cannot be hidden'
elif without_jdk '' >/dev/null 2>&1; then
  skip 'a missing JDK' 'there is one outside of the places that can be hidden'
else
  check 'a missing JDK' fails_with 3 'Hotnic needs a JDK of version 25' without_jdk ''
  mkdir -p "$folder/old/bin"
  printf '#!/bin/sh\nexit 1\n' >"$folder/old/bin/java"
  chmod +x "$folder/old/bin/java"
  echo 'JAVA_VERSION="17.0.15"' >"$folder/old/release"
  check 'a JDK that is too old' fails_with 3 "$folder/old: Java 17.0.15" without_jdk "$folder/old"
fi
