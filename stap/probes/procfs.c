/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * procfs("PATH").read and .write: files under /proc/systemtap/MODULE/.  $value is the text
 * that a read gives and that a write brought.
 */
#include <string.h>

#include "../base/arena.h"
#include "../base/intern.h"
#include "../base/nearest.h"
#include "../base/strbuf.h"
#include "families.h"

enum { READ, WRITE };

#define FORMS(prefix)								\
	{ prefix ".read", READ }, { prefix ".write", WRITE },			\
	{ prefix ".read.maxsize(number)", READ },				\
	{ prefix ".umask(number).read", READ }, { prefix ".umask(number).write", WRITE },	\
	{ prefix ".umask(number).read.maxsize(number)", READ }

static const struct probe_spelling spellings[] = {
	FORMS("procfs"), FORMS("procfs(string)"),
	{ NULL, 0 },
};

struct procfs { const char *path; int64_t umask, max_size; };

/* No leading or trailing slash, no empty, "." or ".." part. */
static bool path_is_good(const char *path)
{
	for (const char *part = path;; part++) {
		size_t len = strcspn(part, "/");

		if (len == 0 || (len == 1 && part[0] == '.') || (len == 2 && strncmp(part, "..", 2) == 0))
			return false;
		part += len;
		if (!*part)
			return true;
	}
}

static int64_t literal_after(const struct matched_point *m, const char *component, int64_t missing)
{
	vec_each(&m->point->components, struct component, c)
		if (strcmp(c->name, component) == 0 && c->arg)
			return c->arg->number;
	return missing;
}

static bool check(const struct matched_point *m, const struct procfs *f)
{
	struct diag *d;

	if (!path_is_good(f->path)) {
		d = diag_report(DIAG_limit, component_place(m->point, "procfs"), "bad procfs path '%s'", f->path);
		diag_hint(d, "a relative path of names, without empty, '.' or '..' parts");
		return false;
	}
	if (f->umask != -1 && (f->umask < 0 || f->umask > 0777)) {
		diag_report(DIAG_limit, component_place(m->point, "umask"), "bad umask: 0 to 0777");
		return false;
	}
	if (f->max_size < 0 || f->max_size > 1 << 20) {
		diag_report(DIAG_limit, component_place(m->point, "maxsize"), "bad maxsize: 1 to 1048576 bytes");
		return false;
	}
	return true;
}

/* Two texts for one reader: whose would come first? */
static bool is_read_already(const struct program *program, const struct matched_point *m, const char *path)
{
	vec_each(&program->probes, struct probe *, p) {
		const struct procfs *other = (*p)->family_data;
		struct diag *d;

		if ((*p)->family != &family_procfs || (*p)->variant != READ || strcmp(other->path, path) != 0)
			continue;
		d = diag_report(DIAG_limit, component_place(m->point, "procfs"),
				"the procfs file '%s' has a read probe already", path);
		diag_note(d, (*p)->at, "it is here");
		diag_hint(d, "one handler may add to $value several times: $value .= ...");
		return true;
	}
	return false;
}

static void derive(struct probe_sink *sink, const struct matched_point *m)
{
	struct procfs *f = arena_new(struct procfs);
	const struct component *first = &m->point->components.data[0];

	f->path = first->arg ? first->arg->string.text : "command";
	f->umask = literal_after(m, "umask", -1);
	f->max_size = literal_after(m, "maxsize", 0);
	if (check(m, f) && (m->spelling->variant != READ || !is_read_already(sink->session->program, m, f->path)))
		probe_add_simple(sink, &family_procfs, m, matched_point_text(m), f);
}

static struct expr *variable(struct session *s, struct probe *p, const struct expr *target, bool at_entry,
			     struct nearest *near)
{
	struct expr *e;

	(void)s;
	(void)at_entry;
	if (strcmp(target->target.name, "$value") != 0) {
		nearest_offer(near, "$value");
		return NULL;
	}
	e = expr_new(E_CVALUE, target->at);
	e->cvalue.code = "script_procfs_value(c)";
	e->cvalue.size = "script_procfs_value_size(c)";
	e->cvalue.is_string = true;
	e->cvalue.writable = p->variant == READ;
	e->type = TYPE_STRING;
	return e;
}

static void list(struct session *s, struct probe *p, listed_vec *out)
{
	(void)s;
	(void)p;
	vec_push(out, ((struct listed_variable){ "$value", "string" }));
}

static void declare(struct strbuf *out, const struct probe *p, const char *handler, const char *entry_handler)
{
	const struct procfs *f = p->family_data;

	(void)handler;
	(void)entry_handler;
	strbuf_addf(out, "static const struct script_spec_procfs probe_%d_spec = { .path = \"%s\", .write = %d,"
		    " .umask = %lld, .max_size = %lld };\n", p->index, f->path, p->variant == WRITE,
		    (long long)f->umask, (long long)f->max_size);
}

static void attach(const struct probe *p, struct attachment *out)
{
	(void)p;
	out->mechanism = "procfs";
}

const struct probe_family family_procfs = {
	.name = "procfs",
	.spellings = spellings,
	.privilege = PRIVILEGE_STAPSYS,
	.needs = "CONFIG_PROC_FS",
	.derive = derive,
	.variable = variable,
	.list = list,
	.declare = declare,
	.attach = attach,
};
