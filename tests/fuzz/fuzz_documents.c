/* Manifest, index and configuration: the first byte says which of an otherwise sound
 * archive's documents the rest is. */
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/support/damage.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    struct docker_parts docker = {.manifest = NULL};
    struct oci_parts oci = {.manifest = NULL};
    const char **places[] = {&docker.manifest, &docker.config, &oci.index, &oci.manifest,
                             &oci.config};
    unsigned place = data[0] % 5;
    char *text = strndup((const char *)data + 1, size - 1);
    struct bytes archive = BYTES_INIT;
    *places[place] = text;
    if (place < 2)
        docker_archive_make(&docker, &archive);
    else
        oci_archive_make(&oci, &archive);
    fuzz_image(archive.data, archive.size);
    bytes_release(&archive);
    free(text);
    return 0;
}
