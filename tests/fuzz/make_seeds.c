/* Makes the seeds that are archives, so that none has to be committed:
 *     make_seeds FOLDER      writes FOLDER/bundle, /stream, /layer, /documents, /secrets,
 * /packages */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/support/damage.h"
#include "tests/support/imagemaker.h"
#include "tests/support/programmaker.h"
#include "tests/support/secretmaker.h"
#include "tests/support/tarmaker.h"

static const char *root;

static void write_seed(const char *target, const char *name, const struct bytes *bytes)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", root, target);
    mkdir(path, 0755);
    snprintf(path, sizeof path, "%s/%s/%s", root, target, name);
    bytes_write_file(bytes, path);
}

/* A layer with one of each construct that is read apart. */
static void odd_layer(struct tarmaker *tar)
{
    static const struct tar_segment segments[] = {{0, 512}, {4096, 512}};
    static const char data[1024] = "data";
    const struct tar_record attribute = {.key = "user.a", .value = "v", .value_size = 1};
    const struct tar_record comment = {.key = "comment", .value = "c", .value_size = 1};
    char long_name[151];
    memset(long_name, 'n', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    tarmaker_global(tar, &comment, 1);
    tarmaker_dir(tar, "./", 0755);
    tarmaker_dir(tar, "d/", 0755);
    tarmaker_file_str(tar, "d/a", "hello");
    tarmaker_file_str(tar, "d/b", "hello");
    tarmaker_file_str(tar, "d/a", "again");
    tarmaker_hardlink(tar, "link", "d/a");
    tarmaker_symlink(tar, "to", "d");
    tarmaker_file_str(tar, "to/c", "through");
    tarmaker_whiteout(tar, "d/b");
    tarmaker_opaque(tar, "d");
    tarmaker_fifo(tar, "fifo");
    tarmaker_chardev(tar, "null", 1, 3);
    tarmaker_file_str(tar, long_name, "x");
    const struct tar_member members[] = {
        {.name = "../climb", .data = "x", .data_size = 1},
        {.name = "attribute", .xattrs = &attribute, .xattr_count = 1},
        {.name = "holes",
         .data = data,
         .data_size = sizeof data,
         .sparse = TAR_SPARSE_PAX_10,
         .segments = segments,
         .segment_count = 2,
         .logical_size = 4608},
        {.name = "old-holes",
         .data = data,
         .data_size = sizeof data,
         .sparse = TAR_SPARSE_GNU_OLD,
         .segments = segments,
         .segment_count = 2,
         .logical_size = 4608},
        {.name = "pax-size", .data = "12345", .data_size = 5, .flags = TAR_PAX_SIZE},
        {.name = "base256",
         .data = "12345",
         .data_size = 5,
         .flags = TAR_BASE256 | TAR_GNU},
    };
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        tarmaker_add(tar, &members[i]);
    tarmaker_finish(tar);
}

static void layer_seeds(const struct tarmaker *tar)
{
    static const char *const names[] = {"plain", "gzip", "members", "zstd", "xz"};
    for (int how = LAYER_PLAIN; how <= LAYER_XZ; how++) {
        struct bytes seed = BYTES_INIT;
        const unsigned char mode = (unsigned char)(how * 5);
        bytes_add(&seed, &mode, 1);
        image_compress(tar->out.data, tar->out.size, (enum layer_compression)how, &seed);
        write_seed("layer", names[how], &seed);
        bytes_release(&seed);
    }
}

static void image_seeds(const struct tarmaker *odd)
{
    static const char *const names[] = {"legacy", "hybrid", "oci", "kaniko"};
    struct tarmaker small = TARMAKER_INIT;
    tarmaker_file_str(&small, "d/a", "hello");
    tarmaker_finish(&small);
    for (int form = IMAGE_DOCKER_LEGACY; form <= IMAGE_KANIKO; form++) {
        const struct layer_spec layers[] = {
            {.tar = small.out.data, .tar_size = small.out.size},
            {.tar = odd->out.data,
             .tar_size = odd->out.size,
             .compression = form == IMAGE_DOCKER_LEGACY ? LAYER_PLAIN
                            : form == IMAGE_OCI         ? LAYER_ZSTD
                                                        : LAYER_GZIP},
        };
        const struct image_spec spec = {
            .layers = layers,
            .layer_count = 2,
            .flags = form == IMAGE_OCI ? IMAGE_NESTED_INDEX : IMAGE_V1_BLOBS,
        };
        struct bytes archive = BYTES_INIT, packed = BYTES_INIT;
        image_make(&spec, (enum image_form)form, &archive);
        write_seed("bundle", names[form], &archive);
        image_compress(archive.data, archive.size, LAYER_ZSTD, &packed);
        write_seed("stream", names[form], &packed);
        bytes_release(&archive);
        bytes_release(&packed);
    }
    tarmaker_release(&small);
}

/* The first byte is the size of the pieces. */
static void secret_seed(const char *name, char *secret)
{
    struct bytes seed = BYTES_INIT;
    bytes_add_str(&seed, "\1");
    bytes_add_str(&seed, secret);
    write_seed("secrets", name, &seed);
    bytes_release(&seed);
    free(secret);
}

static void secret_seeds(void)
{
    static const char *const shapes[] = {
#define TOKEN(what, shape) shape,
#include "analyzer/tokens.def"
#undef TOKEN
    };
    static const char *const texts[] = {
        "|2 A_TOKEN=b c D=e /bin/sh -c sudo sh -c 'a && b' <<EOF\nx\nEOF\n",
        "machine a login b password c0ffee12\nENV DB_PASSWORD q1w2e3r4 --token 'x y'",
        ("{\"auths\":{\"h\":{\"auth\":\"bWU6cTF3MmUzcjQ=\"}}} <password>q1w2</password> a: "
         "https://u:q1w2e3r4@h/"),
        "h:1:d:u:q1w2e3r4\nroot::0:0::/:/x\nAuthorization: Bearer q1w2e3",
    };
    char name[32];
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        snprintf(name, sizeof name, "token-%zu", i);
        secret_seed(name, secret_token(shapes[i], (unsigned)i));
    }
    for (unsigned kind = 0; kind < KEY_KINDS; kind++) {
        snprintf(name, sizeof name, "key-%u", kind);
        secret_seed(name, secret_key((enum made_key)kind, kind));
    }
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        snprintf(name, sizeof name, "text-%zu", i);
        secret_seed(name, strdup(texts[i]));
    }
}

/* The number of its place in fuzz_packages.c, then the content. */
static void write_package_seed(char place, const char *name, const void *data, size_t size)
{
    struct bytes seed = BYTES_INIT;
    bytes_add(&seed, &place, 1);
    bytes_add(&seed, data, size);
    write_seed("packages", name, &seed);
    bytes_release(&seed);
}

static void package_seeds(void)
{
    static const struct {
        const char *name;
        const char *text;
    } texts[] = {
        {"dpkg",
         "Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n\n"
         "Package: b\nStatus: deinstall ok "
         "config-files\n\n--\n/.\n/bin/a\n/usr/up/bin/b\n"},
        {"distroless", "Package: a\nVersion: 1\n\n--\n0123456789abcdef  usr/bin/a\n"},
        {"diversions",
         "Package: a\nStatus: install ok installed\n\n--\n/bin/a\n/bin/b\nb\n"},
        {"apk", "P:a\nV:1\nA:x86_64\nF:usr/bin\nR:a\nF:loop\nR:x\n\nP:b\nF:bin\nR:bash\n"},
        {"", ""},
        {"", ""},
        {"pip", "Name: a\nVersion: 1\n\n--\n../bin/a,sha256=x,5\n\"a \"\"b\",,\n"},
        {"egg", "Name: a\nVersion: 1\n\n--\n../../bin/a\n"},
        {"npm", "{\"name\":\"a\",\"version\":\"1\"}\n--\n{\"name\":\"@s/b\"}"},
        {"gem", "Gem::Specification.new"},
    };
    struct bytes sqlite = BYTES_INIT, ndb = BYTES_INIT, go = BYTES_INIT, rust = BYTES_INIT;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (*texts[i].name)
            write_package_seed((char)i, texts[i].name, texts[i].text,
                               strlen(texts[i].text));
    make_rpm_sqlite(&sqlite);
    make_rpm_ndb(&ndb);
    make_go_program(&go, "path\ta\nmod\ta\tv1\ndep\tb\tv2\th1:x\n=>\tc\tv3\n");
    make_rust_program(&rust,
                      "{\"packages\":[{\"name\":\"a\",\"version\":\"1\",\"root\":true},"
                      "{\"name\":\"b\",\"version\":\"2\"}]}");
    write_package_seed(4, "sqlite", sqlite.data, sqlite.size);
    write_package_seed(5, "ndb", ndb.data, ndb.size);
    write_package_seed(10, "go", go.data, go.size);
    write_package_seed(10, "rust", rust.data, rust.size);
    bytes_release(&sqlite);
    bytes_release(&ndb);
    bytes_release(&go);
    bytes_release(&rust);
}

int main(int argc, char **argv)
{
    struct tarmaker odd = TARMAKER_INIT;
    if (argc != 2)
        return 2;
    root = argv[1];
    mkdir(root, 0755);
    odd_layer(&odd);
    layer_seeds(&odd);
    image_seeds(&odd);
    secret_seeds();
    package_seeds();
    write_seed("bundle", "layer", &odd.out);
    write_seed("stream", "layer", &odd.out);
    tarmaker_release(&odd);
    return 0;
}
