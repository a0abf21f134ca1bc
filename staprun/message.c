/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages on standard error, one write each: two threads and the target share it. */
#include "staprun.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool colored(void)
{
	const char *term = getenv("TERM");

	if (settings.color >= 0)
		return settings.color;
	return isatty(STDERR_FILENO) && term && strcmp(term, "dumb") && !getenv("NO_COLOR");
}

static void print(const char *label, const char *color, const char *format, va_list args)
{
	bool paint = *label && colored();
	char *text;

	if (vasprintf(&text, format, args) < 0)
		return;
	dprintf(STDERR_FILENO, "%s%s%s%s%s%s\n", paint ? "\033[" : "", paint ? color : "",
		paint ? "m" : "", label, paint ? "\033[0m" : "", text);
	free(text);
}

void message_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print("ERROR: ", "01;31", format, args);
	va_end(args);
}

void message_warning(const char *format, ...)
{
	va_list args;

	if (settings.no_warnings)
		return;
	va_start(args, format);
	print("WARNING: ", "00;33", format, args);
	va_end(args);
}

void message_verbose(int level, const char *format, ...)
{
	va_list args;

	if (settings.verbose < level)
		return;
	va_start(args, format);
	print("", "", format, args);
	va_end(args);
}

const char *message_errno(int error)
{
	static _Thread_local char text[128];
	const char *name = strerrorname_np(error);

	snprintf(text, sizeof text, "%s (%s)", strerrordesc_np(error), name ? name : "?");
	return text;
}
