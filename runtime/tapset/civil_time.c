/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Seconds since 1970 as a date.  Years are counted from March, so that the leap day is the last of a
 * year and months follow the pattern 31 30 31 30 31; 400 years have 146,097 days.
 */
#include "civil_time.h"
#include "../core/format.h"

#define DAY 86400
#define DAYS_BEFORE_1970 719468		/* from 1 March of the year 0 */
#define DAYS_OF_400_YEARS 146097

struct date { s64 year; int month, day; };	/* month from 0, day from 1 */

static struct date date_of(s64 days)
{
	s64 era = days / DAYS_OF_400_YEARS;
	int left = (int)(days - era * DAYS_OF_400_YEARS);
	int year = (left - left / 1460 + left / 36524 - left / 146096) / 365;
	int day_of_year = left - (365 * year + year / 4 - year / 100);
	int month = (5 * day_of_year + 2) / 153;	/* from March */
	struct date d = {
		.year = era * 400 + year + (month >= 10),
		.month = month < 10 ? month + 2 : month - 10,
		.day = day_of_year - (153 * month + 2) / 5 + 1,
	};

	return d;
}

static void add_padded(struct sink *s, s64 value, char pad, char end)
{
	sink_number(s, 'd', pad == '0' ? FORMAT_ZERO : 0, 2, -1, value);
	sink_char(s, end);
}

void civil_time_text(char *to, unsigned size, s64 seconds)
{
	static const char day_names[] = "SunMonTueWedThuFriSat";
	static const char month_names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	const s64 first = -62167219200ll, last = 253402300799ll;	/* years 0 and 9999 */
	struct sink s = sink_string(to, size);
	s64 days;
	int time;
	struct date d;

	if (seconds < first || seconds > last) {
		sink_string_add(&s, seconds < first ? "a long, long time ago..." :
				"far far in the future...");
		sink_finish(&s);
		return;
	}
	seconds += (s64)DAYS_BEFORE_1970 * DAY + (s64)DAYS_OF_400_YEARS * DAY;	/* positive from here */
	days = seconds / DAY;
	time = (int)(seconds % DAY);
	d = date_of(days);
	sink_bytes(&s, day_names + 3 * ((days + 3) % 7), 3);
	sink_char(&s, ' ');
	sink_bytes(&s, month_names + 3 * d.month, 3);
	sink_char(&s, ' ');
	add_padded(&s, d.day, ' ', ' ');
	add_padded(&s, time / 3600, '0', ':');
	add_padded(&s, time / 60 % 60, '0', ':');
	add_padded(&s, time % 60, '0', ' ');
	sink_long(&s, d.year - 400);
	sink_finish(&s);
}
