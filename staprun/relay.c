/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The relay thread: sleeps in the control file until there is something, then carries
 * lines and records out.
 *
 * Records are put in order by their stamps.  The module shows in each round all that was stamped before
 * the round began and nothing else (wire.h), so the streams only have to be merged.
 */
#include "staprun.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "../runtime/linux/wire.h"

#define BATCH_PAUSE_MS 5		/* between two looks at a busy module */

struct relay_totals relay_totals;

static struct stream *streams;
static int stream_count;
static pthread_t thread;
static int event_fd = -1;
static bool broken;			/* nobody reads our output */
static atomic_bool cancelled, switch_wanted;

void relay_tell(enum relay_event event)
{
	uint64_t bits = event;

	if (write(event_fd, &bits, sizeof bits) != sizeof bits)
		abort();
}

static void pause_ms(int ms)
{
	nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L }, NULL);
}

/* ---- records ----------------------------------------------------------------------------- */

static void write_text(const struct stream *s, const void *data, size_t length)
{
	if (broken || output_write(s - streams, data, length))
		return;
	broken = true;
	relay_tell(RELAY_BROKEN);
}

/* Payloads are not terminated. */
static void run_system(const char *text, int length)
{
	char *command = strndup(text, length);

	output_flush();
	if (command)
		command_system(command);
	free(command);
}

static void record_handle(const struct stream *s, const struct wire_record *record)
{
	const char *text = (const char *)(record + 1);
	int length = record->length;

	switch (record->kind) {
	case WIRE_TEXT:
		if (settings.bulk)
			write_text(s, record, sizeof *record + WIRE_ALIGN(record->length));
		else
			write_text(s, text, length);
		break;
	/* On a terminal both are read as one text. */
	case WIRE_WARNING:
		output_flush();
		message_warning("%.*s", length, text);
		break;
	case WIRE_ERROR:
		output_flush();
		message_error("%.*s", length, text);
		break;
	case WIRE_SYSTEM:
		run_system(text, length);
		break;
	}
}

/* The stream whose first record has the lowest stamp, or NULL; `limit`: the lowest of the others. */
static struct stream *stream_lowest(unsigned long long *limit)
{
	unsigned long long lowest = ULLONG_MAX;
	const struct wire_record *record;
	struct stream *found = NULL;

	*limit = ULLONG_MAX;
	for (int i = 0; i < stream_count; i++) {
		record = stream_record(&streams[i]);
		if (!record)
			continue;
		if (found && record->stamp >= lowest) {
			*limit = record->stamp < *limit ? record->stamp : *limit;
			continue;
		}
		*limit = lowest;
		lowest = record->stamp;
		found = &streams[i];
	}
	return found;
}

/* Carry out what this round has.  true: there was something. */
static bool drain(void)
{
	const struct wire_record *record;
	unsigned long long limit;
	struct stream *s;
	bool any = false;

	for (int i = 0; i < stream_count; i++)
		streams[i].read_out = false;
	for (; (s = stream_lowest(&limit)); any = true)
		while ((record = stream_record(s)) && record->stamp <= limit) {
			record_handle(s, record);
			stream_next(s);
		}
	if (!output_flush() && !broken) {
		broken = true;
		relay_tell(RELAY_BROKEN);
	}
	return any;
}

/* ---- lines of the control file ---------------------------------------------------------------- */

static bool is_word(const char *line, const char *word, const char **rest)
{
	size_t length = strlen(word);

	*rest = line + length + (line[length] == ' ');
	return !strncmp(line, word, length) && (line[length] == ' ' || !line[length]);
}

static void tell_memory(const char *numbers)
{
	unsigned cpus = 1;
	unsigned long output = 0, script = 0, contexts = 0;

	sscanf(numbers, "%u %lu %lu %lu", &cpus, &output, &script, &contexts);
	message_verbose(1, "Memory: %lu KiB for %u CPUs: output buffers %lu, arrays and statistics %lu, handlers %lu.",
			output + script + contexts, cpus, output, script, contexts);
}

/* false: that was the last one. */
static bool line_handle(const char *line)
{
	struct relay_totals *t = &relay_totals;
	const char *rest;

	if (is_word(line, "warning", &rest))
		message_warning("%s", rest);
	else if (is_word(line, "error", &rest))
		message_error("%s", rest);
	else if (is_word(line, "exit", &rest))
		relay_tell(RELAY_EXIT);
	else if (is_word(line, "memory", &rest))
		tell_memory(rest);
	else if (is_word(line, "ended", &rest)) {
		sscanf(rest, "%d %u %u %llu %llu", &t->status, &t->errors, &t->skipped, &t->dropped,
		       &t->lines_lost);
		drain();
		relay_tell(RELAY_ENDED);
		return false;
	}
	return true;
}

/* ---- the thread --------------------------------------------------------------------------------- */

/* Wait for the module; false: the end. */
static bool wait_and_handle(void)
{
	char line[WIRE_LINE_MAX];
	ssize_t n = pread(session_fd, line, sizeof line - 1, 0);

	if (n < 0 && errno == EINTR)
		return true;
	if (n < 0) {
		relay_tell(RELAY_GONE);
		return false;
	}
	if (!n)
		return true;
	line[n - 1] = 0;
	message_verbose(2, "module: %s", line);
	return line_handle(line);
}

static void *relay_main(void *unused)
{
	while (!cancelled) {
		if (atomic_exchange(&switch_wanted, false))
			output_switch();
		if (!wait_and_handle())
			break;
		if (drain())
			pause_ms(settings.wake_ms < BATCH_PAUSE_MS ? settings.wake_ms : BATCH_PAUSE_MS);
	}
	output_flush();
	return unused;
}

int relay_start(void)
{
	int error;

	settings.bulk = session_command("bulk") == 0;
	stream_count = streams_open(&streams);
	if (stream_count < 0 || !output_open(settings.bulk ? stream_count : 1))
		return -1;
	event_fd = eventfd(0, EFD_CLOEXEC);
	error = event_fd < 0 ? errno : pthread_create(&thread, NULL, relay_main, NULL);
	if (!error)
		return event_fd;
	message_error("cannot start the relay: %s", message_errno(error));
	return -1;
}

void relay_join(void)
{
	pthread_join(thread, NULL);
	output_close();
	streams_close(streams, stream_count);
}

void relay_cancel(void)
{
	if (event_fd < 0)
		return;
	cancelled = true;
	session_command("poke");
	relay_join();
}

void relay_switch_output(void)
{
	switch_wanted = true;
	session_command("poke");
}
