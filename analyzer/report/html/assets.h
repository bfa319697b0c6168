/* The page's style and script, constant texts: report.css and report.js beside this header,
 * turned into C by cmake/embed.cmake when the program is built. */
#ifndef ULLAGE_ANALYZER_REPORT_HTML_ASSETS_H
#define ULLAGE_ANALYZER_REPORT_HTML_ASSETS_H

#include <stddef.h>

extern const unsigned char html_style[];
extern const size_t html_style_len;
extern const unsigned char html_script[];
extern const size_t html_script_len;

#endif
