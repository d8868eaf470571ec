#!/usr/bin/env bash
# The rules of the house, in every tracked file
. "${top:?run it with ./check}/cnf/check.sh"
cd "$top"

# Passes when no tracked file (of those named) has a line with the expression.
none() { # name, extended regular expression, pathspec...
  local name=$1 found
  found=$(git grep -nE -e "$2" -- "${@:3}" || true)
  printf '%s\n' "$found"
  if [[ -z $found ]]; then
    pass "$name"
  else
    fail "$name" "$(head -n 1 <<<"$found")"
  fi
}

git rev-parse --git-dir >/dev/null 2>&1 || {
  skip 'rules of the house' 'not a git clone, so there is no list of the tracked files'
  exit 0
}

# Where packages come from is a setting of the machine. (The brackets keep this file from finding itself.)
none 'no host of a package registry is named' \
  'repo1?[.]maven[.]|repo[.]maven[.]apache|central[.]sonatype|deb[.]debian[.]org|archive[.]ubuntu[.]com|registry[.]npmjs|pypi[.]org|crates[.]io|jitpack[.]io|packages[.]adoptium'
none 'no Unsafe' 'sun[.]misc[.]Unsafe|jdk[.]internal[.]misc' '*.java' '*.bnd' '*.bndrun'
none 'tests wait for a condition, not for a time' '(Thread|TimeUnit[.][A-Z]+)[.]sleep' '*/src/test/*' 'net.itest/*' 'net.testkit/*'
none 'no path of one machine' '(^|[^[:alnum:]$}])/(work|root)/' ':!docs' ':!cnf/check.d/10-house.sh'
