# shellcheck shell=bash
# For the stages in check.d: the second line of a stage is a comment, its title. Each result is one call of these.

set -euo pipefail
: "${top:?}" "${check_results:?}" "${check_stage:?}" "${check_dir:?}"

pass() { # name
  printf '%s\tpass\t%s\t\n' "$check_stage" "$1" >>"$check_results"
  echo "PASS $1"
}

fail() { # name, reason
  printf '%s\tfail\t%s\t%s\n' "$check_stage" "$1" "$2" >>"$check_results"
  echo "FAIL $1: $2"
}

skip() { # name, reason
  printf '%s\tskip\t%s\t%s\n' "$check_stage" "$1" "$2" >>"$check_results"
  echo "SKIP $1: $2"
}

# A line that ./check prints below the stage: what somebody wants to see who does not open the log.
show() { # text
  printf '%s\n' "$1" >>"$check_dir/$check_stage.shown"
  echo "$1"
}

# Passes when the command succeeds; when not, the last line that it wrote is the reason, and all of it is in the log of the stage.
check() { # name, command...
  local name=$1 output status=0
  shift
  output=$("$@" 2>&1) || status=$?
  printf '%s\n' "$output"
  if ((status == 0)); then
    pass "$name"
  else
    fail "$name" "$(tail -n 1 <<<"$output") (status $status: $*)"
  fi
}

# True when all these programs are there; else every test named after -- is skipped, with the reason.
# Example:  have qemu-system-x86_64 ip -- 'ping IPv4' 'ping IPv6' || exit 0
have() {
  local program name missing=''
  while [[ $1 != -- ]]; do
    program=$1
    command -v "$program" >/dev/null || missing+="${missing:+, }$program"
    shift
  done
  shift
  [[ -n $missing ]] || return 0
  for name; do
    skip "$name" "$missing not installed"
  done
  return 1
}

# Waits until a command succeeds, what it prints left out; false when it does not within a minute. A slow machine is slow, not wrong.
await() { # command...
  local deadline=$((SECONDS + 60))
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < deadline)) || return 1
    sleep 0.05
  done
}
