#!/usr/bin/env bash
# Who may know whom: an include against the arrows is refused, and so are libarchive, printing and processes
# outside the one place where each belongs. The arrows are the design's:
#   cli -> library, analyzer, generator, runtime -> dockerfile -> core, and library -> analyzer ...
set -u
# shellcheck source=tests/house/common.sh
. "$(dirname "$0")/common.sh"

declare -A knows=(
    [core]='core'
    [dockerfile]='dockerfile core'
    [analyzer]='analyzer dockerfile core'
    [generator]='generator dockerfile core'
    [runtime]='runtime dockerfile core'
    [library]='library analyzer generator runtime dockerfile core ullage'
    [cli]='cli library analyzer generator runtime dockerfile core'
    [include]='ullage'
)
packages=(core dockerfile analyzer generator runtime library cli include)
inner=(core dockerfile analyzer generator runtime library)

# What a subfolder holds is its package's own, but for these doors.
doors=(
    analyzer/report/report.h    # reports are written by whoever has an analysis and a place to write to
    analyzer/report/formats.def # the words of --format
    analyzer/image/progress.h   # a line on the terminal watches it
    analyzer/gate/config.h      # whoever finds a configuration reads it
    analyzer/gate/baseline.h    # whoever is told of a baseline reads and writes it
    analyzer/lint/lint.h        # whoever has a Dockerfile lints it
    analyzer/lint/print.h       # and prints what was found
    analyzer/lint/fix.h         # and mends it
    analyzer/report/finding_list.h # what formats of findings take, whoever found them
)

includes_of() { # FOLDER: FILE:LINE: TARGET
    local files
    mapfile -t files < <(sources_of "$1")
    [ ${#files[@]} -eq 0 ] && return
    bare_code "${files[@]}" | sed -nE 's/^([^:]+:[0-9]+:)#include ["<](([a-z_]+)\/[^">]+)[">].*/\1 \2/p'
}

for package in "${packages[@]}"; do
    [ -d "$package" ] || continue
    while read -r place target; do
        other=${target%%/*}
        [ -d "$other" ] || [ "$other" = ullage ] || continue # a system's header: sys/, nettle/
        case " ${knows[$package]} " in
        *" $other "*) ;;
        *) echo "$place $package must not know $target" ;;
        esac
    done < <(includes_of "$package")
done | refuse 'includes follow the arrows'

for package in "${packages[@]}"; do
    while read -r place target; do
        other=${target%%/*}
        if [ "$other" = "$package" ] || [ ! -d "$other" ] || [[ $target != */*/* ]]; then
            continue
        fi
        case " ${doors[*]} " in
        *" $target "*) ;;
        *) echo "$place $target is private to $other" ;;
        esac
    done < <(includes_of "$package")
done | refuse 'headers in subfolders are private to their package'

mapfile -t all < <(sources_of "${packages[@]}")
mapfile -t quiet < <(sources_of "${inner[@]}")

bare_code "${all[@]}" | grep -E '#include <archive(_entry)?\.h>' | grep -v '^analyzer/image/' |
    refuse 'libarchive is known under analyzer/image/ only'

bare_code "${quiet[@]}" | grep -E '\b(stderr|stdout)\b|\b(v?f?printf|v?dprintf|puts|fputs|putchar|perror|psignal|v?warnx?|v?errx?)\(' |
    refuse 'only cli/ prints'

bare_code "${quiet[@]}" | grep -E '\b(_?exit|_Exit|quick_exit)\(' | refuse 'only cli/ ends the program'

bare_code "${all[@]}" | grep -E '\b(v?fork|clone3?|execl[ep]?|execvp?e?|fexecve|posix_spawnp?|system|popen)\(' |
    grep -v '^runtime/exec\.c:' | refuse 'processes are started in runtime/exec.c only'

bare_code "${quiet[@]}" | grep -E '\b(setlocale|signal|sigaction|f?chdir|chroot|setenv|putenv|unsetenv)\(' |
    refuse 'the library changes no locale, signal, folder or environment of the process'

bare_code "${all[@]}" | grep -E '\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|mktemp|tmpnam|rand|strerror|localtime|gmtime|asctime|ctime)\(' |
    refuse 'no function that overruns, keeps state or hides errors'

bare_code analyzer/lint/rules/*.c | grep -E '\b(strstr|strcasestr|memmem|regcomp|regexec|fnmatch)\(' |
    refuse 'rules of the linter read shell text through its tree, not by searching in it'

for header in $(find "${packages[@]}" -name '*.h' 2>/dev/null | sort); do
    own=${header%.h}.c
    [ -f "$own" ] || continue
    first=$(grep -m1 -E '^#include' "$own")
    case $first in
    *"\"$header\""*) ;;
    *) grep -q "^#include \"$header\"" "$own" || echo "$own does not include $header" ;;
    esac
done | refuse 'a source includes the header of its name'

house_done
