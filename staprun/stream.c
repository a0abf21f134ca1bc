/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One CPU's stream: bytes from its trace file, cut into records. */
#include "staprun.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../runtime/linux/wire.h"

#define STREAM_ROOM (256 << 10)		/* read at once */

/* Highest CPU number of the trace files, -1 without any. */
static int last_cpu(void)
{
	char path[PATH_MAX];
	struct dirent *entry;
	int last = -1, cpu;
	DIR *folder;

	snprintf(path, sizeof path, "/proc/" WIRE_DIRECTORY "/%s", module_name);
	folder = opendir(path);
	while (folder && (entry = readdir(folder)))
		if (sscanf(entry->d_name, WIRE_TRACE "%d", &cpu) == 1 && cpu > last)
			last = cpu;
	if (folder)
		closedir(folder);
	return last;
}

static bool stream_open(struct stream *s, unsigned cpu)
{
	char name[32];

	snprintf(name, sizeof name, WIRE_TRACE "%u", cpu);
	*s = (struct stream){ .fd = session_file(name, O_RDONLY), .cpu = cpu };
	if (s->fd < 0)
		return false;
	s->size = 2 * STREAM_ROOM;
	s->data = malloc(s->size);
	return s->data != NULL;
}

int streams_open(struct stream **streams)
{
	int last = last_cpu(), count = 0;

	*streams = calloc(last + 1, sizeof **streams);
	for (int cpu = 0; *streams && cpu <= last; cpu++)
		if (stream_open(&(*streams)[count], cpu))
			count++;
	if (count)
		return count;
	message_error("cannot open the output files of module %s", module_name);
	return -1;
}

void streams_close(struct stream *streams, int count)
{
	for (int i = 0; i < count; i++) {
		close(streams[i].fd);
		free(streams[i].data);
	}
	free(streams);
}

static bool make_room(struct stream *s)
{
	char *data;

	memmove(s->data, s->data + s->begin, s->end - s->begin);
	s->end -= s->begin;
	s->begin = 0;
	if (s->size - s->end >= STREAM_ROOM)
		return true;
	data = realloc(s->data, 2 * s->size);
	if (!data)
		return false;
	s->data = data;
	s->size *= 2;
	return true;
}

static void stream_fill(struct stream *s)
{
	ssize_t n = make_room(s) ? read(s->fd, s->data + s->end, s->size - s->end) : -1;

	s->read_out = n <= 0;
	s->end += n > 0 ? n : 0;
}

static size_t record_size(const struct wire_record *record)
{
	return sizeof *record + WIRE_ALIGN((size_t)record->length);
}

static const struct wire_record *stream_complete(const struct stream *s)
{
	const struct wire_record *record = (const struct wire_record *)(s->data + s->begin);
	size_t waiting = s->end - s->begin;

	if (waiting < sizeof *record || waiting < record_size(record))
		return NULL;
	return record;
}

const struct wire_record *stream_record(struct stream *s)
{
	while (!stream_complete(s) && !s->read_out)
		stream_fill(s);
	return stream_complete(s);
}

void stream_next(struct stream *s)
{
	s->begin += record_size((const struct wire_record *)(s->data + s->begin));
	if (s->begin == s->end)
		s->begin = s->end = 0;
}
