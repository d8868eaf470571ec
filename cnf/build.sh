# shellcheck shell=bash
# Builds the runtime when a source is newer than the last build. Sourced by run, check and bench, after jdk.sh, with $top set to the folder of the project.

: "${top:?the folder of the project}"
build_stamp=$top/.cache/built
build_log=$top/.cache/build.log

maven() {
  command -v mvn >/dev/null || {
    echo 'Hotnic is built with Maven 3.8 or newer, and there is no mvn on the PATH. Install it with your package manager (Debian and Ubuntu: maven).' >&2
    exit 3
  }
  # Maven's own libraries still use what JDK 24 began to warn about; the warnings are not about us.
  MAVEN_OPTS="--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow ${MAVEN_OPTS:-}" mvn --batch-mode --file "$top/pom.xml" "$@"
}

# Anything that goes into the runtime and changed since the last build. A folder counts as well: its time changes when a file in it is deleted.
stale() {
  [[ -f $build_stamp && -f $top/cnf/target/run.jar ]] || return 0
  [[ -n $(find "$top"/pom.xml "$top"/bnd.bnd "$top"/run.bndrun "$top"/cnf/pom.xml "$top"/cnf/*.bndrun "$top"/cnf/*.xml \
    "$top"/net.*/pom.xml "$top"/net.*/*.bnd "$top"/net.*/src/main -newer "$build_stamp" -print -quit) ]]
}

# The jar of net.testkit, and the class path that it needs outside of a framework. The runtime is built when this is called.
build_testkit() {
  testkit_jar=$(find "$top/net.testkit" -maxdepth 2 -path '*/target/net.testkit-*.jar' | head -n 1)
  if [[ -z $testkit_jar || -n $(find "$top"/net.testkit/src/main "$top"/net.testkit/*.bnd "$top/net.testkit/pom.xml" "$build_stamp" -newer "$testkit_jar" -print -quit) ]]; then
    maven --quiet --projects net.testkit --also-make -DskipTests package
    testkit_jar=$(find "$top/net.testkit" -maxdepth 2 -path '*/target/net.testkit-*.jar' | head -n 1)
  fi
  # shellcheck disable=SC2034 # the caller looks at it
  testkit_class_path=$testkit_jar:$(<"$top/net.testkit/target/class-path")
}

# The stamp has the time at which the build began: what is saved meanwhile is built the next time.
# Sets built=yes when it had to.
build_if_stale() {
  built=
  mkdir -p "$top/.cache"
  exec 8>"$top/.cache/build.lock"
  flock 8
  if stale; then
    echo "Building (details: ${build_log#"$top"/})..." >&2
    touch "$build_stamp.begun"
    cp -p "$top/run.bndrun" "$build_stamp.bndrun" # the resolver writes it anew even when it finds nothing new: then it keeps its time
    if ! maven --quiet --projects cnf --also-make -DskipTests package >"$build_log" 2>&1; then
      grep --max-count 30 -F '[ERROR]' "$build_log" >&2 || tail -n 30 "$build_log" >&2
      echo "The build failed; all of it is in $build_log" >&2
      exit 1
    fi
    ! cmp -s "$top/run.bndrun" "$build_stamp.bndrun" || touch -r "$build_stamp.bndrun" "$top/run.bndrun"
    mv "$build_stamp.begun" "$build_stamp"
    # shellcheck disable=SC2034 # the caller looks at it
    built=yes
  fi
  exec 8>&-
}
