#include "core/date.h"

#include <stdio.h>
#include <time.h>

bool date_format(int64_t seconds, char text[DATE_TEXT_MAX])
{
    time_t time = (time_t)seconds;
    struct tm tm;
    if (!gmtime_r(&time, &tm) || tm.tm_year < -1900 || tm.tm_year > 9999 - 1900)
        return false;
    unsigned year = (unsigned)(tm.tm_year + 1900) % 10000;
    snprintf(text, DATE_TEXT_MAX, "%04u-%02u-%02uT%02u:%02u:%02uZ", year,
             (unsigned)(tm.tm_mon + 1) % 100, (unsigned)tm.tm_mday % 100,
             (unsigned)tm.tm_hour % 100, (unsigned)tm.tm_min % 100, (unsigned)tm.tm_sec % 100);
    return true;
}
