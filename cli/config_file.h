/* Which file rules, and reading it: --config FILE or none, $ULLAGE_CONFIG, the nearest .ullage.yaml from the
 * working directory up to the root of its repository, .dive-ci in the working directory, then the user's
 * and the system's own. One file rules; nothing is mixed. */
#ifndef ULLAGE_CLI_CONFIG_FILE_H
#define ULLAGE_CLI_CONFIG_FILE_H

#include "analyzer/gate/config.h"

#define CONFIG_NAME ".ullage.yaml"
#define DIVE_CI_NAME ".dive-ci"

struct config_arguments {
    const char *config;  /* --config */
    const char *dive_ci; /* --dive-ci */
};

#define CONFIG_OPTIONS(owner)                                                                   \
    {.name = "config", .letter = 'c', .type = OPTION_TEXT, OPTION_AT(owner, config.config),     \
     .argument = "FILE", .summary = "the configuration, or 'none'",                            \
     .environment = "ULLAGE_CONFIG", .complete = COMPLETE_FILE, .group = "Configuration"},      \
    {                                                                                          \
        .name = "dive-ci", .type = OPTION_TEXT, OPTION_AT(owner, config.dive_ci),               \
        .argument = "FILE", .summary = "rules in dive's form, and dive's figures",              \
        .complete = COMPLETE_FILE, .group = "Configuration"                                    \
    }

/* Finds and reads. Without a file the configuration is empty. `name` of gate_config.file is as short as it
 * can be said. */
int config_file_read(struct gate_config *ret_config, const struct config_arguments *arguments,
                     struct error *err);

/* The nearest .ullage.yaml: here, "../", "../../" and so on up to the folder that has .git, or the root of the
 * file system. */
bool config_file_find_upwards(struct strbuf *ret_path);

#endif
