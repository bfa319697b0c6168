#!/usr/bin/env bash
# Loads each completion in the real shell and asks it to complete lines, as a user would with the tab key.
# usage: completion.sh PATH-OF-ULLAGE

set -u

ullage=$(realpath "${1:?usage: completion.sh PATH-OF-ULLAGE}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
touch "$work/saved-image.tar"
passed=0 failed=0 skipped=0

# the line up to the cursor | the word it becomes
cases=(
    'ullage hel|help'
    'ullage completi|completion'
    'ullage -q hel|help'
    'ullage --threads 2 hel|help'
    'ullage completion z|zsh'
    'ullage completion --color=never fi|fish'
    'ullage help exi|exit-codes'
    'ullage man completi|completion'
    'ullage help --no-pr|--no-progress'
    'ullage help --color al|always'
    'ullage help --color=al|always'
    'ullage --color ne|never'
)
if "$ullage" help analyze >/dev/null 2>&1; then
    cases+=('ullage analyze saved-im|saved-image.tar' 'ullage saved-im|saved-image.tar')
fi

# The words bash would find: it also splits at '='.
complete_in_bash()
{
    # shellcheck disable=SC2016
    bash --norc -c '
        source "$1"
        line=${2//=/ = }
        read -ra COMP_WORDS <<<"$line"
        [[ $line != *" " ]] || COMP_WORDS+=("")
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _ullage
        printf "%s\n" "${COMPREPLY[@]}"
    ' bash "$work/script.bash" "$1"
}

complete_in_fish()
{
    # shellcheck disable=SC2016
    HOME=$work fish --no-config -c 'source $argv[1]; complete -C $argv[2]' \
        "$work/script.fish" "$1" | cut -f 1 | sed 's/^--color=//'
}

# A zsh on a terminal of its own gets the line, a tab, and a key that writes down what the line became.
complete_in_zsh()
{
    rm -f "$work/line"
    # shellcheck disable=SC2016
    HOME=$work zsh -f -c '
        zmodload zsh/zpty
        zpty -b shell "TERM=dumb zsh -f -i"
        zpty -w shell "PS1= PS2= WORK=${(q)3}"
        zpty -w shell "autoload -Uz compinit; compinit -u -D; source ${(q)1}"
        zpty -w shell "note() { print -r -- \$BUFFER >\$WORK/line; }; zle -N note; bindkey ^G note"
        zpty -w shell "print >\$WORK/ready"
        for ((i = 0; i < 100; i++)); do [[ -e $3/ready ]] && break; sleep 0.1; done
        rm -f $3/ready
        zpty -w -n shell "$2"$'"'\\t\\a'"'
        for ((i = 0; i < 100; i++)); do [[ -s $3/line ]] && break; sleep 0.1; done
        zpty -d shell
    ' zsh "$work/script.zsh" "$1" "$work"
    sed 's/ *$//; s/.*[ =]//' "$work/line"
}

check()
{
    local shell=$1 line=$2 expected=$3 actual
    actual=$("complete_in_$shell" "$line" 2>"$work/errors")
    if [[ $actual == "$expected" && ! -s $work/errors ]]; then
        passed=$((passed + 1))
        return
    fi
    failed=$((failed + 1))
    echo "FAIL $shell: '$line' became '${actual//$'\n'/ }' instead of '$expected'"
    cat "$work/errors"
}

cd "$work" || exit 1
for shell in bash zsh fish; do
    if ! command -v "$shell" >/dev/null; then
        skipped=$((skipped + 1))
        echo "SKIP $shell: not installed"
        continue
    fi
    "$ullage" completion "$shell" >"script.$shell" || exit 1
    for row in "${cases[@]}"; do
        check "$shell" "${row%|*}" "${row#*|}"
    done
done

if command -v shellcheck >/dev/null; then
    if shellcheck --shell=bash script.bash; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
else
    skipped=$((skipped + 1))
    echo "SKIP shellcheck: not installed"
fi

echo "completion: $passed passed, $failed failed, $skipped skipped"
[[ $failed == 0 ]]
