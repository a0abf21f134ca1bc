/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Structures of times and clocks. */
#include "show.h"
#include "entry.h"
#include "symbols.h"
#include "../core/access.h"

#define UTIME_NOW ((1 << 30) - 1)
#define UTIME_OMIT ((1 << 30) - 2)

static bool load_times(struct sink *s, u64 address, s64 *values, unsigned count)
{
	return show_load(s, address, values, count, syscall_time32());
}

static void show_time(struct sink *s, const s64 *value, const char *fraction)
{
	sink_char(s, '{');
	show_member(s, "tv_sec");
	show_number(s, value[0]);
	show_member(s, fraction);
	show_number(s, value[1]);
	sink_char(s, '}');
}

void syscall_show_timespec(struct sink *s, u64 address)
{
	s64 value[2];

	if (load_times(s, address, value, 2))
		show_time(s, value, "tv_nsec");
}

void syscall_show_timeval(struct sink *s, u64 address)
{
	s64 value[2];

	if (load_times(s, address, value, 2))
		show_time(s, value, "tv_usec");
}

static void show_stamp(struct sink *s, const s64 *value)
{
	if (value[1] == UTIME_NOW)
		sink_string_add(s, "UTIME_NOW");
	else if (value[1] == UTIME_OMIT)
		sink_string_add(s, "UTIME_OMIT");
	else
		show_time(s, value, "tv_nsec");
}

void syscall_show_timespecs(struct sink *s, u64 address)
{
	s64 values[4];

	if (!load_times(s, address, values, 4))
		return;
	sink_char(s, '[');
	show_stamp(s, values);
	sink_string_add(s, ", ");
	show_stamp(s, values + 2);
	sink_char(s, ']');
}

void syscall_show_timevals(struct sink *s, u64 address)
{
	s64 values[4];

	if (!load_times(s, address, values, 4))
		return;
	sink_char(s, '[');
	show_time(s, values, "tv_usec");
	sink_string_add(s, ", ");
	show_time(s, values + 2, "tv_usec");
	sink_char(s, ']');
}

static void show_interval(struct sink *s, const s64 *values, const char *fraction)
{
	sink_char(s, '{');
	show_member(s, "it_interval");
	show_time(s, values, fraction);
	show_member(s, "it_value");
	show_time(s, values + 2, fraction);
	sink_char(s, '}');
}

void syscall_show_itimerval(struct sink *s, u64 address)
{
	s64 values[4];

	if (load_times(s, address, values, 4))
		show_interval(s, values, "tv_usec");
}

void syscall_show_itimerspec(struct sink *s, u64 address)
{
	s64 values[4];

	if (load_times(s, address, values, 4))
		show_interval(s, values, "tv_nsec");
}

void syscall_show_timezone(struct sink *s, u64 address)
{
	s32 zone[2];

	if (!show_copy(s, zone, address, sizeof(zone)))
		return;
	sink_char(s, '{');
	show_member(s, "tz_minuteswest");
	show_number(s, zone[0]);
	show_member(s, "tz_dsttime");
	show_number(s, zone[1]);
	sink_char(s, '}');
}

void syscall_show_utimbuf(struct sink *s, u64 address)
{
	s64 times[2];

	if (!load_times(s, address, times, 2))
		return;
	sink_char(s, '{');
	show_member(s, "actime");
	show_number(s, times[0]);
	show_member(s, "modtime");
	show_number(s, times[1]);
	sink_char(s, '}');
}

s64 syscall_utime(u64 address, unsigned which)
{
	bool narrow = syscall_time32();
	s64 wide = 0;
	s32 half = 0;

	if (!address)
		return 0;
	if (narrow)
		return script_copy_user(&half, address + which * 4, 4) ? half : 0;
	return script_copy_user(&wide, address + which * 8, 8) ? wide : 0;
}

/* ---- struct timex ---------------------------------------------------------------------------- */

/* In words of a long; `modes` and `status` are ints, padded where longs are wide. */
enum { MODES, OFFSET, FREQ, MAXERROR, ESTERROR, STATUS, CONSTANT, PRECISION, TOLERANCE, SECONDS, MICROSECONDS,
       TICK, TIMEX_WORDS };

static void show_timex_number(struct sink *s, const char *name, s64 value)
{
	show_member(s, name);
	show_number(s, value);
}

static void show_timex(struct sink *s, const s64 *t)
{
	sink_char(s, '{');
	show_member(s, "modes");
	if ((u32)t[MODES])
		symbols_show(s, symbols_timex_modes, (u32)t[MODES]);
	else
		show_number(s, 0);
	show_timex_number(s, "offset", t[OFFSET]);
	show_timex_number(s, "freq", t[FREQ]);
	show_timex_number(s, "maxerror", t[MAXERROR]);
	show_timex_number(s, "esterror", t[ESTERROR]);
	show_member(s, "status");
	if ((u32)t[STATUS])
		symbols_show(s, symbols_timex_status, (u32)t[STATUS]);
	else
		show_number(s, 0);
	show_timex_number(s, "constant", t[CONSTANT]);
	show_timex_number(s, "precision", t[PRECISION]);
	show_timex_number(s, "tolerance", t[TOLERANCE]);
	show_member(s, "time");
	show_time(s, t + SECONDS, "tv_usec");
	show_timex_number(s, "tick", t[TICK]);
	sink_char(s, '}');
}

void syscall_show_timex(struct sink *s, u64 address)
{
	s64 words[TIMEX_WORDS];

	if (load_times(s, address, words, TIMEX_WORDS))
		show_timex(s, words);
}
