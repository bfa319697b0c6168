/* What GitLab and Code Climate have in common: an issue as an object. */
#ifndef ULLAGE_ANALYZER_REPORT_CODE_CLIMATE_H
#define ULLAGE_ANALYZER_REPORT_CODE_CLIMATE_H

#include "analyzer/report/finding_list.h"
#include "core/json.h"

/* The members that both read, without the braces. */
void code_climate_add_members(struct json_writer *json,
                              const struct report_finding *finding);

#endif
