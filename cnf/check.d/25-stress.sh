#!/usr/bin/env bash
# Races of buffers, caches, gates and rings: no forbidden outcome (jcstress)
. "${top:?run it with ./check}/cnf/check.sh"
. "$top/cnf/build.sh"
cd "$top"

[[ -n ${HOTNIC_LONG:-} ]] || {
  skip 'races' 'they take minutes of both processors: ./check --long'
  exit 0
}

target=$top/net.pool.stress/target
if [[ ! -f $target/net.pool.stress.jar || -n $(find net.pool.stress/src net.pool.stress/pom.xml net.pool/src/main net.api/src/main -newer "$target/net.pool.stress.jar" -print -quit) ]]; then
  maven --quiet --projects net.pool.stress --also-make -DskipTests package
fi

(($(nproc) > 1)) || {
  skip 'races' 'one processor: nothing can race'
  exit 0
}

# The verdict is in the lines that jcstress prints; it ends with 1 when there is a forbidden outcome.
options=(-v -jvmArgsPrepend --enable-native-access=ALL-UNNAMED -f 1 -fsm 1 -iters 2 -time 500)
out=${check_dir:?}/stress
mkdir -p "$out"
status=0
(cd "$out" && "$JAVA_HOME/bin/java" -cp "$target/net.pool.stress.jar:$(<"$target/class-path")" org.openjdk.jcstress.Main "${options[@]}" -r "$out/report") |
  tee "$out/output.txt" || status=$?

# One result a race, from the part behind RUN RESULTS, where it stands once for all modes.
found=0
while IFS=$'\t' read -r verdict race reason; do
  found=1
  case $verdict in
    OK) pass "$race" ;;
    *) fail "$race" "$verdict: $reason (target/check/stress)" ;;
  esac
done < <(awk '
  function flush() { if (race != "") print verdict "\t" race "\t" reason; race = "" }
  /^RUN RESULTS:/ { results = 1 }
  !results { next }
  match($0, /\[[A-Z ]+\] net\./) {
    flush()
    verdict = substr($0, RSTART + 1); sub(/\].*/, "", verdict)
    race = $0; sub(/^.*\] /, "", race); reason = "no forbidden outcome was printed"
  }
  /Forbidden/ && race != "" && $2 + 0 > 0 { sub(/^ +/, ""); reason = $0 }
  END { flush() }' "$out/output.txt" | sort -u)
((found)) || fail 'races' "jcstress gave no results (status $status): target/check/stress/output.txt"
