/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parameters of system calls.  The functions that the kernel calls take nothing but the
 * registers, and what they pass on to is inlined; but a kernel with CONFIG_FTRACE_SYSCALLS
 * describes each call, names and types, for its own tracing (struct syscall_metadata of
 * include/trace/syscall.h), and its image has that.
 */
#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/intern.h"
#include "private.h"

/* Of 64-bit kernels: const char *name; int number, count; const char **types, **args. */
struct metadata {
	uint64_t name;
	int32_t number, count;
	uint64_t types, args;
};

#define MOST_PARAMETERS 6

static const void *bytes_at(const struct image *img, uint64_t address, size_t wanted)
{
	size_t left;
	const void *bytes = image_at(img, address, &left);

	return bytes && left >= wanted ? bytes : NULL;
}

/* Element of an array of pointers to texts, or NULL. */
static const char *text_of(const struct image *img, uint64_t array, int i)
{
	const uint64_t *pointer = bytes_at(img, array + (uint64_t)i * sizeof *pointer, sizeof *pointer);
	const char *text = NULL;
	uint64_t address;
	size_t left;

	if (!pointer)
		return NULL;
	memcpy(&address, pointer, sizeof address);
	text = image_at(img, address, &left);
	return text && memchr(text, 0, left) ? intern(text) : NULL;
}

/* "const char *", "umode_t", "struct sockaddr *" */
static const struct ctype *type_of(struct session *s, const char *text)
{
	size_t length = strcspn(text, "*");
	const struct ctype *t;

	while (length && text[length - 1] == ' ')
		length--;
	if (strncmp(text, "const ", 6) == 0) {
		text += 6;
		length -= 6;
	}
	t = ctype_by_name(s, NULL, intern_n(text, length), NULL);
	return t && strchr(text, '*') ? ctype_pointer_to(t) : t;
}

static int read_parameters(struct session *s, const struct image *img, uint64_t address, struct cparam *params)
{
	const void *bytes = bytes_at(img, address, sizeof(struct metadata));
	const struct ctype *word = ctype_by_name(s, NULL, "long int", NULL);
	struct metadata m;

	if (!bytes)
		return -1;
	memcpy(&m, bytes, sizeof m);
	if (m.count < 0 || m.count > MOST_PARAMETERS)
		return -1;
	for (int i = 0; i < m.count; i++) {
		const char *name = text_of(img, m.args, i), *type = text_of(img, m.types, i);
		const struct ctype *t = name && type ? type_of(s, type) : NULL;

		if (!name || (!t && !word))
			return -1;
		params[i] = (struct cparam){ name, t ? t : word };
	}
	return m.count;
}

int syscall_parameters(struct session *s, const char *name, const struct cparam **params)
{
	struct kernel *k = session_kernel(s);
	struct cparam *found = arena_alloc(MOST_PARAMETERS * sizeof *found);
	const struct image *img;
	struct csymbol symbol;
	int error, count;

	if (!k || !k->image || !symbol_by_name(s, NULL, arena_printf("__syscall_meta__%s", name), &symbol, NULL))
		return -1;
	img = image_kept(k->image, s->cache_dir, &error);
	if (!img)
		return -1;
	count = read_parameters(s, img, symbol.address, found);
	image_forget(img);
	*params = found;
	return count;
}
