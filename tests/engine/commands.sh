#!/usr/bin/env bash
# The program's commands against the engine that live.sh has started:   commands.sh ULLAGE ENGINE
set -u
ullage=$1
engine=$2
image=localhost/ullage/live:1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

expect() { # STATUS DESCRIPTION COMMAND [ARGUMENT...]: the engine is told behind the command
    local want=$1 what=$2 command=$3
    shift 3
    "$ullage" "$command" --engine "$engine" "$@" >"$work/out" 2>"$work/err" </dev/null
    local got=$?
    if [ "$got" -eq "$want" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "failed: $what: status $got, not $want"
        head -3 "$work/out" "$work/err"
    fi
}

says() { # DESCRIPTION STREAM TEXT
    if grep -qF -- "$3" "$work/$2"; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "failed: $1: no '$3' in $(head -c 300 "$work/$2")"
    fi
}

expect 0 'a program that ends well' run --rm "$image" echo hello
says 'its output is ours' out hello
expect 7 'its own status' run --rm "$image" sh -c 'exit 7'
expect 127 'also where the program itself ends with it' run --rm "$image" sh -c 'exit 127'
expect 125 'a program that is not there is the image'"'"'s fault' run --rm "$image" no-such-program
says 'and said to be' err 'not found'
expect 125 'an image that is not there' run --rm localhost/ullage/absent:1 true
expect 0 'one in the background' run --detach --name ullage-commands --set-label ullage-test=1 "$image" \
    sh -c 'echo up; echo odd >&2; exec sleep 100'
expect 0 'is listed' ps --filter name=ullage-commands
says 'with its name' out ullage-commands
expect 9 'a further program in it' exec ullage-commands sh -c 'exit 9'
# shellcheck disable=SC2016
expect 0 'with variables' exec --set-env COLOUR=blue --workdir /tmp ullage-commands sh -c 'echo $COLOUR; pwd'
says 'as they are told' out blue
sleep 1
expect 0 'its words' logs ullage-commands
says 'on the stream they came from' out up
says 'each of them' err odd
expect 0 'its JSON' inspect ullage-commands
says 'whole' out '"Id"'
expect 0 'an end' stop --grace 1 ullage-commands
expect 0 'another start' start ullage-commands
expect 0 'a signal' kill --signal KILL ullage-commands
expect 0 'and it is gone' rm --force --volumes ullage-commands
expect 7 'what is not there cannot be stopped' stop ullage-commands
printf 'FROM %s\nRUN echo built >/built\n' "$image" >"$work/Dockerfile"
expect 0 'a build' build --tag localhost/ullage/commands:1 "$work"
says 'tells the image' out ''
expect 0 'which has what was built' run --rm localhost/ullage/commands:1 cat /built
says 'in it' out built
expect 0 'a further name' tag localhost/ullage/commands:1 localhost/ullage/commands:2
expect 0 'and both go' rmi localhost/ullage/commands:1 localhost/ullage/commands:2
printf 'FROM %s\nRUN exit 3\n' "$image" >"$work/Dockerfile"
expect 7 'a build that fails' build "$work"
says 'says where' err 'exit 3'
analyze() { # STATUS DESCRIPTION ARGUMENT...: a command about images, told of the engine by the scheme
    local want=$1 what=$2
    shift 2
    "$ullage" "$@" >"$work/out" 2>"$work/err" </dev/null
    local got=$?
    [ "$got" -eq "$want" ] && passed=$((passed + 1)) && return
    failed=$((failed + 1))
    echo "failed: $what: status $got, not $want"
    head -3 "$work/err"
}
analyze 0 'an image of the engine is analyzed' analyze "$engine://$image" --json
says 'as it is saved' out '"layers"'
analyze 1 'and gated' gate "$engine://$image" --max blob_bytes=1kB
analyze 0 'and listed' ls "$engine://$image" /bin
says 'file by file' out busybox
analyze 7 'one that the engine does not have' analyze "$engine://localhost/ullage/absent:1"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
