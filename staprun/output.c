/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the output goes: standard output, or files with the names that -o, -S and bulk
 * mode give.  FILE expands strftime patterns; rotated files are FILE.0, FILE.1, ...; bulk
 * mode has one FILE_CPU each.  Files are opened as the caller.
 */
#include "staprun.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define OUTPUT_BUFFER (64 << 10)

struct output {
	int fd;
	int number;			/* of the rotated file; -1: not rotated */
	unsigned long long written;
	size_t used;
	char buffer[OUTPUT_BUFFER];
};

bool output_failed;

static struct output *outputs;
static int output_count;

/* ---- names --------------------------------------------------------------------------------- */

static void expand_pattern(char *name, size_t size)
{
	const char *pattern = settings.output ? settings.output : "stpd_cpu";
	time_t now = time(NULL);
	struct tm parts;

	localtime_r(&now, &parts);
	if (!strftime(name, size, pattern, &parts))
		snprintf(name, size, "%s", pattern);
}

/* Name of one output; `number` < 0 without rotation. */
static void output_name(char *name, size_t size, int index, int number)
{
	size_t length;

	expand_pattern(name, size);
	length = strlen(name);
	if (settings.bulk)
		snprintf(name + length, size - length, "_%d", index);
	length = strlen(name);
	if (number >= 0)
		snprintf(name + length, size - length, ".%d", number);
}

/* ---- opening and switching -------------------------------------------------------------------- */

static bool file_open(struct output *o)
{
	char name[PATH_MAX];

	output_name(name, sizeof name, o - outputs, o->number);
	privilege_drop();
	o->fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	privilege_restore();
	o->written = 0;
	if (o->fd < 0)
		message_error("cannot write %s: %s", name, message_errno(errno));
	return o->fd >= 0;
}

static void remove_oldest(const struct output *o)
{
	char name[PATH_MAX];
	int oldest = o->number - settings.rotate_keep;

	if (!settings.rotate_keep || oldest < 0)
		return;
	output_name(name, sizeof name, o - outputs, oldest);
	privilege_drop();
	unlink(name);
	privilege_restore();
}

static bool file_switch(struct output *o)
{
	close(o->fd);
	o->number++;
	remove_oldest(o);
	return file_open(o);
}

bool output_open(int count)
{
	outputs = calloc(count, sizeof *outputs);
	if (!outputs)
		return false;
	output_count = count;
	for (int i = 0; i < count; i++) {
		outputs[i].number = settings.rotate_mb ? 0 : -1;
		outputs[i].fd = STDOUT_FILENO;
		if ((settings.output || settings.bulk) && !file_open(&outputs[i]))
			return false;
	}
	return true;
}

void output_switch(void)
{
	for (int i = 0; settings.output && i < output_count; i++) {
		output_flush();
		file_switch(&outputs[i]);
	}
}

void output_close(void)
{
	output_flush();
	for (int i = 0; i < output_count; i++)
		if (outputs[i].fd > STDERR_FILENO)
			close(outputs[i].fd);
	free(outputs);
	outputs = NULL;
	output_count = 0;
}

/* ---- writing -------------------------------------------------------------------------------------- */

/* A reader that leaves has seen what it wanted. */
static void write_failed(int error)
{
	if (error == EPIPE)
		return;
	message_error("cannot write the output: %s", message_errno(error));
	output_failed = true;
}

static bool write_all(int fd, const char *data, size_t length)
{
	while (length) {
		ssize_t n = write(fd, data, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			write_failed(errno);
			return false;
		}
		data += n;
		length -= n;
	}
	return true;
}

static bool flush_one(struct output *o)
{
	bool good = o->fd < 0 || write_all(o->fd, o->buffer, o->used);

	o->written += o->used;
	o->used = 0;
	if (good && settings.rotate_mb && o->written >= (unsigned long long)settings.rotate_mb << 20)
		good = file_switch(o);
	return good;
}

bool output_write(unsigned index, const void *data, size_t length)
{
	struct output *o = &outputs[settings.bulk ? index : 0];

	if (o->used + length > sizeof o->buffer && !flush_one(o))
		return false;
	if (length > sizeof o->buffer) {
		o->written += length;
		return write_all(o->fd, data, length);
	}
	memcpy(o->buffer + o->used, data, length);
	o->used += length;
	return true;
}

bool output_flush(void)
{
	bool good = true;

	for (int i = 0; i < output_count; i++)
		if (outputs[i].used)
			good &= flush_one(&outputs[i]);
	return good;
}
