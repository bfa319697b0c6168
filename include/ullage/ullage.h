/* ullage: what is in a saved container image, what of it is wasted, and what to do about it. Offline.
 *
 *     version.h   which ullage this is
 *     error.h     how calls fail
 *     analyze.h   one image measured: sizes, layers, waste, duplicates, suggestions, reports, budgets
 *     runtime.h   container engines driven through their programs: build, run, list, compose
 *
 * Only what runtime.h declares starts processes. The library prints nothing, and changes no signal disposition, locale or working
 * directory. It keeps nothing between calls: different threads may use it at the same time, each with
 * handles of its own. Texts are UTF-8 unless an image says otherwise; byte counts are int64_t and never
 * negative. A record behind a pointer may gain members at its end in a later version: never copy one by
 * its size. */
#ifndef ULLAGE_INCLUDE_ULLAGE_H
#define ULLAGE_INCLUDE_ULLAGE_H

#include <ullage/analyze.h>
#include <ullage/error.h>
#include <ullage/runtime.h>
#include <ullage/version.h>

#endif
