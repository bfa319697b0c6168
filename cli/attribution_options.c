#include "cli/attribution_options.h"

#include "core/file.h"

int attribution_arguments_apply(const struct attribution_arguments *arguments,
                                struct analysis *analysis, struct error *err)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    cleanup_variables struct variables build_args = VARIABLES_INIT;
    const struct attribution_options options = {.build_args = &build_args,
                                                .target = arguments->target};
    if (!arguments->dockerfile && (arguments->target || arguments->build_args.count))
        return error_set(err, ERROR_USAGE, "--target and --build-arg need --dockerfile");
    if (!arguments->dockerfile)
        return 0;
    for (size_t i = 0; i < arguments->build_args.count; i++)
        variables_set_pair(&build_args, arguments->build_args.items[i]);
    if (file_read(&text, arguments->dockerfile, DOCUMENT_BYTES_MAX, err) < 0)
        return -1;
    return analysis_attribute(analysis, arguments->dockerfile, span_of(text.buf, text.len), &options,
                              err);
}
