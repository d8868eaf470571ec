#!/usr/bin/env bash
# Real pings: Linux, a tap, QEMU's virtio card or Cadence GEM, our driver, echo, and back
. "${top:?run it with ./check}/cnf/check.sh"
. "$top/cnf/build.sh"
cd "$top"

names=('ping IPv4' 'ping IPv6' 'ping with jumbo frames' 'a card pulled under traffic' 'a QEMU killed under traffic')
skip_all() { # reason
  local name
  for name in "${names[@]}"; do
    skip "$name" "$1"
  done
  exit 0
}

have qemu-system-x86_64 ip ping unshare -- "${names[@]}" || exit 0
((EUID == 0)) || skip_all 'taps and network namespaces need root'
[[ -c /dev/net/tun ]] || skip_all 'there is no /dev/net/tun'
unshare --net true 2>/dev/null || skip_all 'this root may not make a network namespace'

# Everything below runs in a network namespace of its own: it sees nothing of the machine's network, and is gone with its last process.
if [[ -z ${HOTNIC_PING_NAMESPACE:-} ]]; then
  # The build may be from another time when only this stage is run.
  build_if_stale
  build_testkit
  HOTNIC_PING_NAMESPACE=yes exec unshare --net bash "${BASH_SOURCE[0]}"
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/hotnic-ping.XXXXXX")
runtime=''
flood=''

# A process that was started here, to its end: asked first, killed after a while.
end_of() { # pid
  [[ -n $1 ]] || return 0
  kill "$1" 2>/dev/null || return 0
  for _ in {1..600}; do
    kill -0 "$1" 2>/dev/null || return 0
    sleep 0.1
  done
  kill -9 "$1" 2>/dev/null || true
}

clean_up() {
  end_of "$flood"
  end_of "$runtime"
  rm -rf "$work"
}
trap clean_up EXIT

configure() { # MTU
  rm -rf "$work/conf"
  mkdir -p "$work/conf" "$work/drivers"
  cp net.testkit/target/net.testkit-*.jar "$work/drivers/"
  echo 'enabled="false"' >"$work/conf/net.sim.config"
  cat >"$work/conf/net.testkit.qemu-qemu0.config" <<CONFIG
tap="tap0"
mac="52:54:00:11:22:33"
host.mtu="$1"
CONFIG
  cat >"$work/conf/net.app.echo-qemu0.config" <<'CONFIG'
device="qemu0/0000:01:00.0"
addresses=["10.77.0.2/24","fd77::2/64"]
CONFIG
}

# A board of QEMU with its GEM on the tap.
configure_gem() { # board, device, properties of the GEM
  configure 0
  cat >"$work/conf/net.testkit.qemu-qemu0.config" <<CONFIG
board="$1"
tap="tap0"
mac="52:54:00:11:22:33"
properties=[$3]
CONFIG
  cat >"$work/conf/net.app.echo-qemu0.config" <<CONFIG
device="qemu0/$2"
addresses=["10.77.0.2/24","fd77::2/64"]
CONFIG
}

tap() { # MTU
  ip link delete tap0 2>/dev/null || true
  ip tuntap add dev tap0 mode tap
  ip link set tap0 mtu "$1"
  ip address add 10.77.0.1/24 dev tap0
  ip address add fd77::1/64 dev tap0 nodad
  ip link set tap0 up
}

start() { # name, arguments of run...
  local name=$1
  shift
  ./run --conf "$work/conf" --drivers "$work/drivers" "$@" </dev/null >"$work/$name.out" 2>"$work/$name.err" &
  runtime=$!
}

# What the runtime said, for the log of the stage.
show() { # name
  sed 's/^/    /' "$work/$1.out" "$work/$1.err"
}

answers() { # address
  ping -c 1 -W 5 "$1"
}

# A thousand pings, 2 ms apart; the lines with loss and times go to the log.
pings() { # name, address, payload bytes, further arguments...
  local name="$1, 1000 of $3 bytes" output summary
  output=$(ping -q -c 1000 -i 0.002 -W 2 -s "$3" "${@:4}" "$2" 2>&1) || true
  summary=$(grep -E 'packets transmitted|^rtt' <<<"$output" || true)
  printf '%s\n%s\n' "$name" "$summary"
  if grep -q '^1000 packets transmitted, 1000 received, 0% packet loss' <<<"$output"; then
    pass "$name: 0 % loss$(sed -nE 's|^rtt .* = ([0-9.]+)/([0-9.]+)/.*|, rtt \1 ms at best, \2 ms on average|p' <<<"$output")"
  else
    fail "$name" "$(tail -n 3 <<<"$output" | tr '\n' ' ')"
  fi
}

up() { # what, name of the run
  if await answers 10.77.0.2 && await answers fd77::2; then
    return 0
  fi
  fail "$1" "no answer within a minute: $(tail -n 1 "$work/$2.err")"
  show "$2"
  return 1
}

ip link set lo up
began=$SECONDS

# ---- frames of 1500 bytes ----
tap 1500
configure 0
start plain --daemon
if up 'ping IPv4' plain; then
  for size in 0 56 1472; do
    pings 'ping IPv4' 10.77.0.2 "$size"
  done
  for size in 0 56 1452; do
    pings 'ping IPv6' fd77::2 "$size" -6
  done
  qemu=$(pgrep -P "$runtime" -f qemu-system || true)
  check 'QEMU runs as a child of the runtime' test -n "$qemu"
  kill -TERM "$runtime"
  status=0
  wait "$runtime" || status=$?
  check 'a daemon that answers pings stops cleanly on SIGTERM' test "$status" = 143
  check 'and takes its QEMU along' test ! -e "/proc/${qemu:-none}"
  check 'without a warning' test -z "$(grep -E "WARN|ERROR|Exception" "$work/plain.err")"
fi
show plain
end_of "$runtime"

# ---- frames of 9000 bytes, in chains of buffers of 1920 ----
tap 9000
configure 9000
start jumbo --daemon
if up 'ping with jumbo frames' jumbo; then
  pings 'ping IPv4, MTU 9000' 10.77.0.2 8972 -M do
  pings 'ping IPv6, MTU 9000' fd77::2 1472 -6
  pings 'ping IPv6, MTU 9000' fd77::2 8952 -6 -M do
fi
show jumbo
end_of "$runtime"

# ---- FXMAC's driver: a GEM with FXMAC's module id and queues, and one as its board has it ----
gem() { # name, board, device, properties
  local pinged="ping through the GEM of $1"
  tap 1500
  configure_gem "$2" "$3" "$4"
  start "$2" --daemon
  if up "$pinged" "$2"; then
    for size in 56 1472; do
      pings "$pinged, IPv4" 10.77.0.2 "$size"
    done
    pings "$pinged, IPv6" fd77::2 1452 -6
    kill -TERM "$runtime"
    wait "$runtime" || true
    check "$pinged: without a warning" test -z "$(grep -E "WARN|ERROR|Exception" "$work/$2.err")"
  fi
  show "$2"
  end_of "$runtime"
}
if have qemu-system-arm -- 'ping through the GEM of a Zynq'; then
  gem 'a Zynq as FXMAC' zynq ethernet@e000b000 '"revision=0x700c0000","num-priority-queues=4","phy-addr=7"'
fi
if have qemu-system-aarch64 -- 'ping through the GEM of a ZCU102'; then
  gem 'a ZCU102' zcu102 ethernet@ff0b0000 ''
fi

# ---- faults under traffic; the commands wait at the named pipes until it is their time ----
tap 1500
configure 0
mkfifo "$work/pulled" "$work/killed"
start fault -c "cat $work/pulled; qemu:unplug qemu0; echo after-unplug; net:devices | cat; net:pools | cat; qemu:plug qemu0; cat $work/killed; echo after-kill; net:devices | cat; net:pools | cat; net:apps | cat"
if up 'a card pulled under traffic' fault; then
  ping -f -q -s 1000 10.77.0.2 >/dev/null 2>&1 &
  flood=$!
  # All buffers of qemu0's pool are back: none is in use.
  conserved() { # marker
    awk -v marker="$1" '$0 == marker { here = 1; next } /^after-/ { here = 0 } here' "$work/fault.out" | grep -E 'default +qemu0' | awk '{ exit !($8 == 0) }' # in use
  }
  sleep 0.5
  echo >"$work/pulled"
  check 'a card pulled under traffic gives every buffer back' await conserved after-unplug
  check 'put back, it is attached and answers again' await answers 10.77.0.2
  sleep 0.5
  kill -9 "$(pgrep -P "$runtime" -f qemu-system)"
  check 'a QEMU killed under traffic gives a message' await grep -q 'QEMU of host qemu0 exited with status 137' "$work/fault.err"
  echo >"$work/killed"
  status=0
  wait "$runtime" || status=$?
  check 'the runtime lives on: its commands work, and it ends with status 0' test "$status" = 0
  check 'every buffer is back' conserved after-kill
  check 'and it is one message' test "$(grep -c 'QEMU' "$work/fault.err")" = 1
fi
show fault
end_of "$flood"
flood=''
end_of "$runtime"
runtime=''
echo "$((SECONDS - began)) s"
