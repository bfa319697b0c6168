/* The calling thread in the C locale for a while, so that a number is written with a point
 * whatever locale the program around the library has chosen. The locale of the process and
 * of other threads stays. */
#ifndef ULLAGE_LIBRARY_LOCALE_H
#define ULLAGE_LIBRARY_LOCALE_H

#include <locale.h>

struct plain_locale {
    locale_t plain;
    locale_t before;
};

static inline struct plain_locale plain_locale_enter(void)
{
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    return (struct plain_locale){
        .plain = plain,
        .before = plain ? uselocale(plain) : (locale_t)0,
    };
}

static inline void plain_locale_leave(struct plain_locale *locale)
{
    if (!locale->plain)
        return;
    uselocale(locale->before);
    freelocale(locale->plain);
}
#define cleanup_plain_locale __attribute__((cleanup(plain_locale_leave), unused))

#endif
