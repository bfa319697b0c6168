/* A layer's blob, by itself and as the only layer of an image. The first byte says how it
 * is read. */
#include "analyzer/image/layer.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/support/damage.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    struct limits limits = fuzz_limits();
    unsigned how = *data++;
    size--;
    struct layer_options options = {
        .limits = &limits,
        .hash_payloads = how & 1,
        .ignore_payloads = how & 2,
        .digest_blob = how & 4 ? DIGEST_SHA256 : DIGEST_NONE,
        .digest_tar = how & 8 ? DIGEST_SHA512 : DIGEST_NONE,
        .read_ahead = (how & 0xf0) == 0xf0,
    };
    layer_free(layer_read(stream_of_bytes(data, size), &options));

    const struct docker_parts parts = {.layer = data, .layer_size = size};
    struct bytes archive = BYTES_INIT;
    docker_archive_make(&parts, &archive);
    fuzz_image(archive.data, archive.size);
    bytes_release(&archive);
    return 0;
}
