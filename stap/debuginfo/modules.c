/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which modules there are: modules.dep names the files of all installed ones; the
 * running kernel may have loaded others.  The kernel writes '_' where file names
 * may have '-'.
 */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/arena.h"
#include "../base/intern.h"
#include "../base/nearest.h"
#include "private.h"

bool module_is_kernel(const char *module)
{
	return !module || strcmp(module, "kernel") == 0 || strcmp(module, "vmlinux") == 0 ||
	       strncmp(module, "kernel<", 7) == 0;
}

bool module_is_path(const char *module)
{
	return module && strchr(module, '/') && !module_is_kernel(module);
}

bool module_is_program(const char *module)
{
	return module && module_is_path(module) && !strstr(module, ".ko");
}

bool is_glob(const char *pattern)
{
	return strpbrk(pattern, "*?[") != NULL;
}

/* The kernel's name of a module: of "kernel/fs/nls/nls_iso8859-1.ko.xz", of "nls_iso8859-1". */
static const char *module_name(const char *text, size_t len)
{
	const char *slash = memrchr(text, '/', len);
	const char *start = slash ? slash + 1 : text;
	char *name = arena_strndup(start, len - (start - text));
	char *suffix = strstr(name, ".ko");

	if (suffix)
		*suffix = '\0';
	for (char *p = name; *p; p++)
		if (*p == '-')
			*p = '_';
	return intern(name);
}

static struct module *module_add(struct kernel_data *d, const char *name, const char *path)
{
	struct module *m = arena_new(struct module);

	m->name = name;
	m->path = path;
	vec_push(&d->modules, m);
	return m;
}

static int by_name(const void *a, const void *b)
{
	return strcmp((*(struct module *const *)a)->name, (*(struct module *const *)b)->name);
}

static void list_installed(struct kernel *k)
{
	size_t size;
	char *text = file_text(arena_printf("%s/modules.dep", k->modules_dir), &size), *line;
	char *rest = text;

	while (rest && (line = strsep(&rest, "\n"))) {
		size_t len = strcspn(line, ":");

		if (line[len] != ':')
			continue;
		module_add(k->data, module_name(line, len),
			   *line == '/' ? intern_n(line, len) :
			   intern_printf("%s/%.*s", k->modules_dir, (int)len, line));
	}
	free(text);
	if (k->data->modules.len)
		qsort(k->data->modules.data, k->data->modules.len, sizeof(struct module *),
		      by_name);
}

const module_vec *modules_list(struct session *s)
{
	static const module_vec none;
	struct kernel *k = session_kernel(s);

	if (!k)
		return &none;
	if (!k->data->modules_listed && k->modules_dir)
		list_installed(k);
	k->data->modules_listed = true;
	return &k->data->modules;
}

/* A module of the running kernel that is not installed: loaded by hand. */
static struct module *find_loaded(struct session *s, const char *name)
{
	struct kernel *k = session_kernel(s);

	if (!k || !k->running ||
	    access(arena_printf("/sys/module/%s/initstate", name), F_OK) < 0)
		return NULL;
	return module_add(k->data, name, NULL);
}

static module_vec named;		/* by the path of their file */

void modules_reset(void)
{
	named = (module_vec){0};
}

static struct module *find_named(const char *name)
{
	vec_each(&named, struct module *, known)
		if ((*known)->name == name)
			return *known;
	return NULL;
}

/* A program, or a module that is not installed, by the path of its file. */
static struct module *find_file(const char *path)
{
	struct module *m;

	path = intern(path);
	vec_each(&named, struct module *, known)
		if ((*known)->path == path)
			return *known;
	if (access(path, R_OK) < 0)
		return NULL;
	m = arena_new(struct module);
	m->path = path;
	m->name = module_is_program(path) ? path : module_name(path, strlen(path));
	vec_push(&named, m);
	return m;
}

struct module *module_find(struct session *s, const char *name)
{
	const module_vec *all;

	if (module_is_path(name))
		return find_file(name);
	name = module_name(name, strlen(name));
	if (find_named(name))
		return find_named(name);
	all = modules_list(s);
	vec_each(all, struct module *, m)
		if ((*m)->name == name)
			return *m;
	return find_loaded(s, name);
}

bool module_exists(struct session *s, const char *module, struct nearest *near)
{
	const module_vec *all;

	if (module_is_kernel(module) || module_find(s, module))
		return true;
	all = modules_list(s);
	if (!module_is_path(module) && is_glob(module))
		vec_each(all, struct module *, m)
			if (fnmatch(module, (*m)->name, 0) == 0)
				return true;
	if (near)
		vec_each(all, struct module *, m)
			nearest_offer(near, (*m)->name);
	return false;
}

bool module_is_builtin(struct session *s, const char *module)
{
	struct kernel *k = session_kernel(s);
	const char *wanted = module_name(module, strlen(module));
	bool found = false;
	size_t size;
	char *text, *line, *rest;

	if (!k || !k->modules_dir)
		return false;
	rest = text = file_text(arena_printf("%s/modules.builtin", k->modules_dir), &size);
	while (!found && rest && (line = strsep(&rest, "\n")))
		found = module_name(line, strlen(line)) == wanted;
	free(text);
	return found;
}

/* ---- searching several ----------------------------------------------------------- */

static struct target kernel_target(struct session *s, int wanted)
{
	struct target t = { 0 };

	if (wanted & TARGET_BTF)
		t.btf = kernel_btf(s);
	if (wanted & TARGET_SYMBOLS)
		t.kernel = kernel_symbols(s);
	t.symbols = t.kernel ? &t.kernel->table : NULL;
	return t;
}

static struct target module_target(struct session *s, struct module *m, int wanted)
{
	struct target t = { .module = m->name };

	if (wanted & TARGET_BTF)
		t.btf = module_btf(s, m);
	if (wanted & TARGET_SYMBOLS)
		t.symbols = module_symbols(s, m);
	return t;
}

void targets_visit(struct session *s, const char *module, int wanted,
		   void (*visit)(const struct target *t, void *data), void *data)
{
	const module_vec *all;
	struct target t;
	struct module *one;

	if (module_is_kernel(module)) {
		t = kernel_target(s, wanted);
		visit(&t, data);
		return;
	}
	if (module_is_path(module) || !is_glob(module)) {
		one = module_find(s, module);
		if (!one)
			return;
		t = module_target(s, one, wanted);
		visit(&t, data);
		return;
	}
	all = modules_list(s);
	vec_each(all, struct module *, m)
		if (fnmatch(module, (*m)->name, 0) == 0) {
			t = module_target(s, *m, wanted);
			visit(&t, data);
			module_release(*m);
		}
}
