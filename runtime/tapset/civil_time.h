/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Seconds since 1970 as a date of the Gregorian calendar. */
#ifndef TAPSET_CIVIL_TIME_H
#define TAPSET_CIVIL_TIME_H

#include "../core/types.h"

/* "Thu Jan  1 00:00:00 1970", UTC.  Outside of the years 0 to 9999 a text that says so. */
void civil_time_text(char *to, unsigned size, s64 seconds);

#endif
