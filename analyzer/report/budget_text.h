/* A budget's result in words, the same wherever people read it: terminal, JUnit, comments.
 * Names in it are escaped for a terminal. */
#ifndef ULLAGE_ANALYZER_REPORT_BUDGET_TEXT_H
#define ULLAGE_ANALYZER_REPORT_BUDGET_TEXT_H

#include "analyzer/gate.h"
#include "core/size.h"

/* "651kB", "12", "73.92 %"; "unknown". */
void amount_format(struct strbuf *out, struct amount amount, enum unit unit,
                   enum size_style sizes);
/* The difference of two amounts with its sign: "+51.3kB". Nothing unless both are known. */
void amount_format_change(struct strbuf *out, struct amount from, struct amount to,
                          enum unit unit, enum size_style sizes);

/* "download-size: blob_bytes of the image is 651kB, limit 100kB, over by 551kB, was 600kB
 * (+51.3kB)" */
void budget_sentence(struct strbuf *out, const struct budget_result *result,
                     enum size_style sizes);

/* All that a reader needs to act, a line each: the verdict and the sentence, contributors,
 * what to say and do, where the budget is written. */
void budget_text(struct strbuf *out, const struct budget_result *result,
                 enum size_style sizes);

/* "PASS", "FAILING ALREADY", ... */
const char *verdict_word(enum verdict verdict);

/* What the results come to: "FAIL 2 of 5 budgets (1 warning, 1 waived)". */
enum verdict gate_worst(const struct gate *gate);
void gate_summary(struct strbuf *out, const struct gate *gate);

#endif
