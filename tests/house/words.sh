#!/usr/bin/env bash
# What is written in the tree is true of it: no host or path of somebody's machine, no command that does not
# exist, no link to a page that is not there.   words.sh ULLAGE
set -u
ullage=$(realpath "$1")
# shellcheck source=tests/house/common.sh
. "$(dirname "$0")/common.sh"

tree=(-rnI --exclude-dir=.git --exclude=.git --exclude-dir=build) # in a worktree .git is a file
# the address of a registry is nothing that an offline tool has to know; 'docker.io' is a part of names
grep "${tree[@]}" --exclude-dir=house -E '(registry-1|index|auth|hub)\.docker\.(io|com)|\b(ghcr|quay|l?gcr)\.io\b|mcr\.microsoft|public\.ecr|registry\.k8s|amazonaws' . |
    grep -vE '^./(fixtures/dockerfiles/|generator/images.def:|tests/golden/generate/)' | cut -c1-160 | refuse 'no host names of registries'
grep "${tree[@]}" --exclude-dir=house --exclude-dir=images --exclude-dir=golden -E "(^|[^A-Za-z0-9_.])/(work|home/[a-z]+|Users|usr/src)/[A-Za-z]" . |
    grep -v '^./fixtures/dockerfiles/' | cut -c1-160 | refuse 'no paths of a machine'
grep -rlaF "$top" core analyzer library cli include cmake docs scripts tests README.md CMakeLists.txt |
    refuse 'no path of this checkout'

# Every command that help, pages and documents name: "ullage WORD" at a prompt, or in quotes.
known=$("$ullage" man | sed -nE 's/^\\fBullage\\-([a-z-]+)\\fR\(1\)/\1/p')
topics=$("$ullage" help | sed -n "/^Topics/,\$s/^  \([a-z-]*\)  .*/\1/p")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
{
    echo "$known"
    "$ullage" help | grep -oE '^  [a-z-]+  ' | tr -d ' '
} | sort -u >"$work/words"
{
    "$ullage"
    "$ullage" help
    "$ullage" man
    for name in $known $topics; do
        "$ullage" help "$name"
    done
    for name in $known; do
        "$ullage" man "$name"
    done
} 2>&1 | sed 's/\\-/-/g; s/\\fB//g; s/\\fR//g' >"$work/help"
grep -oE "(^ *|[|'(;] *)ullage [a-z][a-z-]+( |$|')" "$work/help" |
    sed -E "s/.*ullage ([a-z-]+).*/\1/" | sort -u | comm -23 - "$work/words" |
    refuse 'help names only commands that exist'
for name in lint generate diff build run exec compose parse fix plan; do
    grep -qx "$name" "$work/words" || grep -nE "(^|[^-a-z])ullage[ -]$name([^a-z]|$)|'$name'" "$work/help"
done | refuse 'help says nothing of commands to come'
# shellcheck disable=SC2016
grep -noE '(`|^|\| ?|\./|release/|run\.sh )(ullage|scripts/run\.sh) [a-z][a-z-]+( |$|`)' README.md docs/*.md |
    sed -E 's/^([^:]+:[0-9]+):.*(ullage|run\.sh) ([a-z-]+).*/\3 \1/' | sort -u | while read -r name place; do
    grep -qx "$name" "$work/words" || echo "$place: ullage $name"
done | refuse 'documents name only commands that exist'

for page in README.md docs/*.md; do
    grep -oE '\]\([^)#:]+\)' "$page" | sed -E 's/^\]\((.*)\)$/\1/' | while read -r target; do
        [ -e "$(dirname "$page")/$target" ] || echo "$page: $target"
    done
done | refuse 'links lead somewhere'
# shellcheck disable=SC2016
grep -noE '`(core|analyzer|library|cli|cmake|docs|fixtures|include|scripts|tests)/[A-Za-z0-9_./-]*`' README.md docs/*.md |
    tr -d '`' | while IFS=: read -r page line target; do
    case $target in
    *NAME*) ;;
    *) [ -e "$target" ] || echo "$page:$line: $target" ;;
    esac
done | refuse 'files that documents name are there'

house_done
