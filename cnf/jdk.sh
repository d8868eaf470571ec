# shellcheck shell=bash
# Finds a JDK of version 25 or newer. Sourced by run, check and bench: `find_jdk` sets and exports JAVA_HOME, or says where it looked and exits with 3.

JDK_WANTED=25

# The version of the JDK in a folder, such as 25.0.3; nothing when there is none. The file `release` answers without starting a virtual machine.
jdk_version() {
  local home=$1 version=
  [[ -x $home/bin/java ]] || return 0
  if [[ -r $home/release ]]; then
    version=$(sed -n 's/^JAVA_VERSION="\(.*\)"$/\1/p' "$home/release")
  else
    version=$("$home/bin/java" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p' | head -n 1)
  fi
  printf '%s' "$version"
}

find_jdk() {
  local java_on_path home version major looked='' newer=''
  local -a places=()

  [[ -z ${JAVA_HOME:-} ]] || places+=("$JAVA_HOME")
  for home in /usr/lib/jvm/* "${HOME:-/nonexistent}"/.sdkman/candidates/java/* /opt/*; do
    [[ -x $home/bin/java && ! -L $home ]] && places+=("$home")
  done
  if java_on_path=$(command -v java); then
    places+=("$(dirname "$(dirname "$(readlink -f "$java_on_path")")")")
  fi

  for home in ${places[@]+"${places[@]}"}; do
    [[ $looked != *"  $home: "* ]] || continue
    version=$(jdk_version "$home")
    major=${version%%[.+-]*}
    if [[ -z $version ]]; then
      looked+="  $home: no Java here"$'\n'
    elif [[ ! $major =~ ^[0-9]+$ ]] || ((major < JDK_WANTED)); then
      looked+="  $home: Java $version"$'\n'
    elif [[ ! -x $home/bin/javac ]]; then
      looked+="  $home: Java $version, but no compiler (bin/javac): not a whole JDK"$'\n'
    elif ((major == JDK_WANTED)) || [[ $home == "${JAVA_HOME:-}" ]]; then
      export JAVA_HOME=$home
      return
    else
      newer=${newer:-$home} # taken only when there is no JDK of the version that this was tested with
    fi
  done
  if [[ -n $newer ]]; then
    export JAVA_HOME=$newer
    return
  fi

  cat >&2 <<MESSAGE
Hotnic needs a JDK of version $JDK_WANTED or newer, and there is none.
Looked at JAVA_HOME (${JAVA_HOME:-not set}), /usr/lib/jvm, ~/.sdkman/candidates/java, /opt and java on the PATH, and found:
${looked:-  nothing at all
}Install one, with your system's package manager (Debian and Ubuntu: openjdk-$JDK_WANTED-jdk or temurin-$JDK_WANTED-jdk; Fedora: java-$JDK_WANTED-openjdk-devel)
or with SDKMAN (sdk install java $JDK_WANTED-tem), or unpack one anywhere and set JAVA_HOME to its folder.
MESSAGE
  exit 3
}
