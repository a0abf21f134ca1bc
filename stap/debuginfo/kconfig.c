/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a kernel was configured with and what it exports: two text files, kept
 * as text.  An option is found by searching for its line; exports are asked for
 * often (once per function listed), so their names get a hash.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "../base/arena.h"
#include "../base/intern.h"
#include "../base/name_hash.h"
#include "private.h"

/* gzopen() reads plain files as they are, so this serves /proc/config.gz too. */
char *file_text(const char *path, size_t *size)
{
	gzFile f = gzopen(path, "re");
	size_t cap = 64 * 1024, len = 0;
	char *text;
	int n;

	if (!f)
		return NULL;
	text = malloc(cap);
	while (text && (n = gzread(f, text + len, cap - len - 1)) > 0) {
		len += n;
		if (len + 1 == cap)
			text = realloc(text, cap *= 2);
	}
	gzclose(f);
	if (text) {
		text[len] = '\0';
		*size = len;
	}
	return text;
}

/* ---- configuration ----------------------------------------------------------- */

static const char *load_config(struct kernel *k)
{
	const char *places[] = {
		k->build_dir ? arena_printf("%s/.config", k->build_dir) : "",
		k->build_dir ? arena_printf("%s/include/config/auto.conf", k->build_dir) : "",
		arena_printf("%s/boot/config-%s", kernel_root(), k->release),
		arena_printf("%s/lib/modules/%s/config", kernel_root(), k->release),
		k->running ? "/proc/config.gz" : "",
	};

	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		size_t size;
		char *text = *places[i] ? file_text(places[i], &size) : NULL;

		if (text && strstr(text, "CONFIG_"))
			return text;
		free(text);
	}
	return NULL;
}

/* The text after "\nNAME=", or NULL. */
static const char *find_line(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (const char *p = text; (p = strstr(p, name)); p += len)
		if (p[len] == '=' && (p == text || p[-1] == '\n'))
			return p + len + 1;
	return NULL;
}

const char *kernel_config(struct kernel *k, const char *name)
{
	struct kernel_data *d = k->data;
	const char *value;
	size_t len;

	if (!d->config_tried) {
		d->config_tried = true;
		d->config = load_config(k);
	}
	if (strncmp(name, "CONFIG_", 7) != 0)
		name = arena_printf("CONFIG_%s", name);
	value = d->config ? find_line(d->config, name) : NULL;
	if (!value)
		return "";
	len = strcspn(value, "\n");
	if (len >= 2 && value[0] == '"' && value[len - 1] == '"')
		return intern_n(value + 1, len - 2);
	return intern_n(value, len);
}

/* ---- exports ------------------------------------------------------------------ */

/* Open addressing; a slot holds 1 + the offset of a name in the text. */
struct exports {
	const char *text;
	uint32_t *slots;
	uint32_t mask;
};

/* The second field of a line, its length in *len. */
static const char *symbol_of_line(const char *line, size_t *len)
{
	const char *name = line + strcspn(line, "\t\n");

	if (*name == '\t')
		name++;
	*len = strcspn(name, "\t\n");
	return name;
}

static uint32_t *export_slot(const struct exports *e, const char *name, size_t len)
{
	uint32_t at = name_hash_n(name, len) & e->mask;

	while (e->slots[at]) {
		const char *have = e->text + e->slots[at] - 1;

		if (strncmp(have, name, len) == 0 && (have[len] == '\t' || have[len] == '\n'))
			break;
		at = (at + 1) & e->mask;
	}
	return &e->slots[at];
}

static uint32_t count_lines(const char *text)
{
	uint32_t lines = 0;

	while ((text = strchr(text, '\n'))) {
		lines++;
		text++;
	}
	return lines;
}

static void index_exports(struct exports *e)
{
	uint32_t lines = count_lines(e->text), size = 2;

	while (size < 2 * lines)
		size *= 2;
	e->mask = size - 1;
	e->slots = calloc(size, sizeof *e->slots);
	for (const char *line = e->text; e->slots && *line; ) {
		size_t len;
		const char *name = symbol_of_line(line, &len);
		const char *end = strchr(name, '\n');

		if (!end)
			break;
		*export_slot(e, name, len) = 1 + (name - e->text);
		line = end + 1;
	}
}

static struct exports *load_exports(struct kernel *k)
{
	struct exports *e = arena_new(struct exports);
	size_t size;

	if (k->build_dir)
		e->text = file_text(arena_printf("%s/Module.symvers", k->build_dir), &size);
	if (e->text)
		index_exports(e);
	return e;
}

bool kernel_exports(struct kernel *k, const char *symbol)
{
	struct exports *e = k->data->exports;

	if (!e)
		e = k->data->exports = load_exports(k);
	return e->slots && *export_slot(e, symbol, strlen(symbol)) != 0;
}
