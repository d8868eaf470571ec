# shellcheck shell=bash
# Builds the runtime when a source is newer than the last build, and makes its start a short one. Sourced by run, check and bench, after jdk.sh, with $top set to
# the folder of the project.

: "${top:?the folder of the project}"
build_stamp=$top/.cache/built
build_log=$top/.cache/build.log
runtime_jar=$top/cnf/target/run.jar
start_folder=$top/.cache/start
# What every virtual machine of the runtime gets.
runtime_options=(
  --enable-native-access=ALL-UNNAMED
  --sun-misc-unsafe-memory-access=allow # Felix 7 asks it for a field offset, once
  -Xms64m -Xmx512m                      # packet memory is outside the heap
)

# Builds, and the files of running processes, are in the folder of the project.
make_cache() {
  mkdir -p "$top/.cache" 2>/dev/null && [[ -w $top/.cache ]] || {
    echo "Hotnic keeps builds, and files of running processes, in $top/.cache, and this user cannot write there." \
      'Take a copy of the project that is yours; or start cnf/target/run.jar of this one by hand: docs/building.md tells how.' >&2
    exit 3
  }
}

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
  [[ -f $build_stamp && -f $runtime_jar ]] || return 0
  [[ -n $(find "$top"/pom.xml "$top"/bnd.bnd "$top"/run.bndrun "$top"/cnf/pom.xml "$top"/cnf/*.bndrun "$top"/cnf/*.xml \
    "$top"/net.*/pom.xml "$top"/net.*/*.bnd "$top"/net.*/src/main -newer "$build_stamp" -print -quit) ]]
}

# The jar of net.testkit, and the class path that it needs outside of a framework. The runtime is built when this is called.
build_testkit() {
  testkit_jar=$(find "$top/net.testkit" -maxdepth 2 -path '*/target/net.testkit-*.jar' | head -n 1)
  if [[ -z $testkit_jar || -n $(find "$top"/net.testkit/src/main "$top"/net.testkit/*.bnd "$top/net.testkit/pom.xml" "$build_stamp" -newer "$testkit_jar" -print -quit) ]]; then
    maven --quiet --projects net.testkit --also-make -DskipTests package
    testkit_jar=$(find "$top/net.testkit" -maxdepth 2 -path '*/target/net.testkit-*.jar' | head -n 1)
    touch "$testkit_jar" # which keeps its time when nothing of it has changed
  fi
  # shellcheck disable=SC2034 # the caller looks at it
  testkit_class_path=$testkit_jar:$(<"$top/net.testkit/target/class-path")
}

# The stamp has the time at which the build began: what is saved meanwhile is built the next time.
build_begins() {
  make_cache
  touch "$build_stamp.begun"
  cp -p "$top/run.bndrun" "$build_stamp.bndrun" # the resolver writes it anew even when it finds nothing new: then it keeps its time
}

build_is_done() {
  ! cmp -s "$top/run.bndrun" "$build_stamp.bndrun" || touch -r "$build_stamp.bndrun" "$top/run.bndrun"
  mv "$build_stamp.begun" "$build_stamp"
}

# Sets built=yes when it had to.
build_if_stale() {
  built=
  make_cache
  exec 8>"$top/.cache/build.lock"
  flock 8
  if stale; then
    echo "Building (details: ${build_log#"$top"/})..." >&2
    build_begins
    if ! maven --quiet --projects cnf --also-make -DskipTests package >"$build_log" 2>&1; then
      grep --max-count 30 -F '[ERROR]' "$build_log" >&2 || tail -n 30 "$build_log" >&2
      echo "The build failed; all of it is in $build_log" >&2
      exit 1
    fi
    build_is_done
    # shellcheck disable=SC2034 # the caller looks at it
    built=yes
  fi
  exec 8>&-
}

# What a start needs to be a short one, in start_folder: the runtime without compression, which the jars in it have already; the jars of the framework side by side,
# as the virtual machine remembers nothing of jars in a jar; and what it remembers of a first start, which is classes that were read, verified and linked (JEP 483,
# 514). Of this runtime and this JDK; the last file tells which.
start_is_ready() {
  [[ -f $start_folder/ready && ! $runtime_jar -nt $start_folder/ready && $(<"$start_folder/ready") == "$JAVA_HOME $(<"$JAVA_HOME/release")" ]]
} 2>/dev/null

# Makes it, in a few seconds. When that fails, for whatever reason, the start is a longer one.
prepare_start() {
  ! start_is_ready || return 0
  exec 8>"$top/.cache/build.lock"
  flock 8
  if ! start_is_ready; then
    rm -rf "$start_folder"
    mkdir -p "$start_folder"/{conf,files}
    if (cd "$start_folder" && unpack_runtime && first_start) >>"$build_log" 2>&1 8>&-; then
      printf '%s %s\n' "$JAVA_HOME" "$(<"$JAVA_HOME/release")" >"$start_folder/ready"
    fi
  fi
  exec 8>&-
}

# The runtime for the bundles and properties in it, what its manifest says that the launcher is to have on its own path, and the class path of both.
unpack_runtime() {
  "$JAVA_HOME/bin/jar" --extract --file "$runtime_jar" && "$JAVA_HOME/bin/jar" --create --no-compress --no-manifest --file run.jar launcher.properties ./*.xml aQute jar || return 1
  tr -d '\r' <META-INF/MANIFEST.MF | awk -v folder="$start_folder/" '
    /^ / { path = path substr($0, 2); next }
    path != "" { exit }
    sub(/^Embedded-Runpath: /, "") { path = $0 }
    END { gsub(/(^|,)/, ":" folder, path); printf "%srun.jar%s", folder, path }' >class-path
}

# A start and an end with nobody's configuration, with a card of each kind: in the folder, which is the current one.
first_start() {
  printf 'sim:plug 82599\nsim:plug fxmac\nnet:devices\nnet:pools\n' | "$JAVA_HOME/bin/java" "${runtime_options[@]}" -XX:AOTCacheOutput="$start_folder/classes.aot" \
    -Dlaunch.storage.dir="$start_folder/files/felix" -Dlaunch.keep=false -Dfelix.fileinstall.dir="$start_folder/conf" -Dfelix.fileinstall.tmpdir="$start_folder/files" \
    -cp "$(<class-path)" aQute.launcher.Launcher && [[ -s classes.aot ]] && rm -rf files
}
