/* The accounting and dive's figures against plain, slow models, on random small images. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/accounting.h"
#include "analyzer/dive.h"
#include "tests/models/accounting_model.h"
#include "tests/models/dive_model.h"
#include "tests/models/random_image.h"
#include "tests/support/check.h"

#define ACCOUNTING_IMAGES 3000
#define DIVE_IMAGES 400

static struct image *open_image(const struct model_image *model, enum image_form form,
                                enum layer_compression compression, unsigned flags)
{
    static struct limits limits;
    struct bytes archive = BYTES_INIT;
    struct error error = ERROR_INIT;
    struct image *image = NULL;
    limits = limits_default();
    model_image_archive(model, form, compression, flags, &archive);
    char *path = bytes_write_temp(&archive);
    struct image_options options = {.limits = &limits, .threads = 2};
    if (image_open(&image, path, &options, &error) < 0)
        fail_msg("%s", error.text);
    unlink(path);
    free(path);
    bytes_release(&archive);
    return image;
}

static void assert_layers_equal(const struct accounting *ours, const struct model_accounts *model)
{
    for (size_t i = 0; i < model->layer_count; i++) {
        assert_int_equal(ours->layers[i].content_bytes, model->layers[i].content);
        assert_int_equal(ours->layers[i].live_bytes, model->layers[i].live);
        assert_int_equal(ours->layers[i].dead_bytes, model->layers[i].dead);
        assert_int_equal(ours->layers[i].entries, model->layers[i].entries);
        assert_int_equal(ours->layers[i].added, model->layers[i].added);
        assert_int_equal(ours->layers[i].modified, model->layers[i].modified);
        assert_int_equal(ours->layers[i].removed, model->layers[i].removed);
    }
}

static void assert_identities(const struct accounting *accounting)
{
    int64_t causes = 0, content = 0, live = 0, dead = 0;
    for (size_t i = 0; i < CAUSE_COUNT; i++)
        causes += accounting->dead_by_cause[i];
    for (size_t i = 0; i < accounting->layer_count; i++) {
        content += accounting->layers[i].content_bytes;
        live += accounting->layers[i].live_bytes;
        dead += accounting->layers[i].dead_bytes;
    }
    assert_int_equal(causes, accounting->dead_bytes);
    assert_int_equal(accounting->live_bytes + accounting->dead_bytes, accounting->content_bytes);
    assert_int_equal(content, accounting->content_bytes);
    assert_int_equal(live, accounting->live_bytes);
    assert_int_equal(dead, accounting->dead_bytes);
}

static void compare_accounts(struct image *image, const struct model_image *model, bool overlay)
{
    struct accounting ours;
    struct model_accounts expected;
    struct error error = ERROR_INIT;
    model_account(model, overlay ? MODEL_OVERLAY : MODEL_SPEC, &expected);
    if (accounting_run(&ours, image, overlay ? SEMANTICS_OVERLAY : SEMANTICS_SPEC, 2, &error) < 0)
        fail_msg("%s", error.text);
    assert_identities(&ours);
    assert_int_equal(ours.content_bytes, expected.content);
    assert_int_equal(ours.live_bytes, expected.live);
    assert_int_equal(ours.dead_bytes, expected.dead);
    assert_int_equal(ours.duplicate_bytes, expected.duplicates);
    for (size_t i = 0; i < CAUSE_COUNT; i++)
        assert_int_equal(ours.dead_by_cause[i], expected.dead_by_cause[i]);
    assert_layers_equal(&ours, &expected);
    accounting_release(&ours);
    model_accounts_release(&expected);
}

static void accounting_equals_the_model_on_random_images(void **state)
{
    static const enum image_form forms[] = {IMAGE_DOCKER_LEGACY, IMAGE_OCI, IMAGE_DOCKER_HYBRID};
    static const enum layer_compression compressions[] = {LAYER_PLAIN, LAYER_GZIP, LAYER_ZSTD};
    (void)state;
    for (uint64_t seed = 0; seed < ACCOUNTING_IMAGES; seed++) {
        struct model_image model;
        random_image(seed, seed % 3 == 0 ? RANDOM_HARDLINK_SIZES : 0, &model);
        enum image_form form = forms[seed % 3];
        enum layer_compression compression =
            form == IMAGE_OCI ? compressions[seed / 3 % 3] : LAYER_PLAIN;
        struct image *image = open_image(&model, form, compression, 0);
        compare_accounts(image, &model, false);
        compare_accounts(image, &model, true);
        image_free(image);
        model_image_release(&model);
    }
}

static void dive_block_equals_the_model_on_random_images(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < DIVE_IMAGES; seed++) {
        struct model_image model;
        struct dive_block ours;
        struct dive_figures expected;
        random_image(seed, seed % 3 == 0 ? RANDOM_HARDLINK_SIZES : 0, &model);
        struct image *image = open_image(&model, IMAGE_DOCKER_LEGACY, LAYER_PLAIN, 0);
        dive_measure(&ours, image);
        dive_reckon(&model, &expected);
        assert_int_equal(ours.size_bytes, expected.size_bytes);
        assert_int_equal(ours.user_size_bytes, expected.user_size_bytes);
        assert_int_equal(ours.wasted_bytes, expected.wasted_bytes);
        assert_int_equal(ours.has_percent, expected.has_user_wasted_percent);
        if (ours.has_percent)
            assert_memory_equal(&ours.user_wasted_percent, &expected.user_wasted_percent,
                                sizeof(double));
        assert_memory_equal(&ours.efficiency_score, &expected.efficiency_score, sizeof(double));
        image_free(image);
        model_image_release(&model);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accounting_equals_the_model_on_random_images),
        cmocka_unit_test(dive_block_equals_the_model_on_random_images),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
