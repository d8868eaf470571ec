# shellcheck shell=bash
# Models of cards, served over vfio-user to a guest. Needs build_testkit.

models_server='' models_log=''

# Serves models until models_end: the first and the second on one cable, and so on. False, with the reason in models_missing, if they are not served.
models_serve() { # scratch folder, MODEL=SLOT...
  local folder=$1 model
  shift
  models_log=$folder/server
  mkfifo "$folder/hold"
  "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED -Xmx256m -cp "$testkit_class_path" net.testkit.vfio.Serve "${@/=/=$folder/}" \
    <"$folder/hold" >"$models_log" 2>&1 &
  models_server=$!
  exec 4>"$folder/hold"
  for _ in {1..200}; do
    ! grep -q '^serving' "$models_log" || break
    sleep 0.1
  done
  if ! grep -q '^serving' "$models_log"; then
    cat "$models_log"
    # shellcheck disable=SC2034 # for who asks
    models_missing="the models are not served: $(tail -n 1 "$models_log")"
    return 1
  fi
  models_devices=()
  for model; do
    models_devices+=(-device "{\"driver\":\"vfio-user-pci\",\"addr\":\"${model#*=}\",\"socket\":{\"type\":\"unix\",\"path\":\"$folder/${model#*=}\"}}")
  done
}

# A guest with the models in it, and nothing to talk to it; what it says on its console is in the folder's file serial.
models_guest() { # scratch folder, seconds, MiB, machine's options, kernel's command line, further arguments of QEMU...
  timeout --kill-after=5 "$2" "$guest_folder/qemu" -machine "q35,memory-backend=ram$4" -accel tcg,thread=multi -cpu max -smp 2 -m "$3" \
    -object "memory-backend-memfd,id=ram,size=$3M,share=on" -nodefaults -display none -serial stdio -no-reboot \
    -kernel "$guest_folder/vmlinuz" -initrd "$1/initramfs" -append "console=ttyS0 quiet panic=-1 $5" "${@:6}" "${models_devices[@]}" \
    </dev/null >"$1/serial" 2>&1 4>&- || true
}

# The server says what the models have to say against the drivers.
models_end() {
  exec 4>&-
  wait "$models_server" || true
  models_server=''
}

models_kill() {
  [[ -z $models_server ]] || kill "$models_server" 2>/dev/null || true
}

# The lines HOTNIC pass|show|fail of the guest are results of this stage.
models_results() { # scratch folder
  local result name
  tr -d '\r' <"$1/serial" | grep -v '^HOTNIC [pf]'
  while read -r result name; do
    case $result in
      pass) pass "$name" ;;
      show) show "$name" ;;
      fail) fail "${name%%: because *}" "${name#*: because }" ;;
    esac
  done < <(tr -d '\r' <"$1/serial" | sed -n 's/^HOTNIC //p')
  check 'the guest has come to its end' grep -q '^HOTNIC end' "$1/serial"
  models_verdict
}

# What no driver may do to any model, and no guest to the server.
models_verdict() {
  cat "$models_log"
  check 'no card was sent to memory that was not lent to it' models_quiet 'memory that was not lent'
  check 'QEMU was never disconnected from a card for a reason' models_quiet 'the client was disconnected'
}

# The models have nothing to say that the expression matches.
models_quiet() { # expression
  ! grep -E "$1" "$models_log"
}
