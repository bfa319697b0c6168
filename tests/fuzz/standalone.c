/* Replays the files and folders of its arguments through a target, for builds without
 * libFuzzer. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/support/damage.h"

static int replayed;

static void replay_file(const char *path)
{
    struct bytes bytes = BYTES_INIT;
    bytes_read_file(&bytes, path);
    /* an allocation of exactly that size, so that a byte too much is seen */
    uint8_t *exact = malloc(bytes.size ? bytes.size : 1);
    if (!exact)
        abort();
    if (bytes.size)
        memcpy(exact, bytes.data, bytes.size);
    LLVMFuzzerTestOneInput(exact, bytes.size);
    free(exact);
    bytes_release(&bytes);
    replayed++;
}

static void replay(const char *path)
{
    DIR *dir = opendir(path);
    const struct dirent *found;
    char below[4096];
    if (!dir) {
        replay_file(path);
        return;
    }
    while ((found = readdir(dir)))
        if (found->d_name[0] != '.') {
            snprintf(below, sizeof below, "%s/%s", path, found->d_name);
            replay_file(below);
        }
    closedir(dir);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        replay(argv[i]);
    printf("%d inputs replayed\n", replayed);
    return replayed ? 0 : 1;
}
