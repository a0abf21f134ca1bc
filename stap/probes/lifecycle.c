/* SPDX-License-Identifier: GPL-2.0-or-later */
/* begin, end, error and never: the life of a session. */
#include "../base/arena.h"
#include "../base/intern.h"
#include "../base/strbuf.h"
#include "families.h"

enum { BEGIN, END, ERROR, NEVER };

static const char *const mechanisms[] = {
	[BEGIN] = "begin", [END] = "end", [ERROR] = "error", [NEVER] = "never",
};

static const struct probe_spelling spellings[] = {
	{ "begin", BEGIN }, { "begin(number)", BEGIN },
	{ "end", END }, { "end(number)", END },
	{ "error", ERROR }, { "error(number)", ERROR },
	{ "never", NEVER },
	{ NULL, 0 },
};

static void derive(struct probe_sink *sink, const struct matched_point *m)
{
	int64_t *priority = arena_new(int64_t);
	const char *name = intern(mechanisms[m->spelling->variant]);

	if (m->arg_count) {
		*priority = m->args[0]->number;
		name = intern_printf("%s(%lld)", name, (long long)*priority);
	}
	probe_add_simple(sink, &family_lifecycle, m, name, priority);
}

static void declare(struct strbuf *out, const struct probe *p, const char *handler, const char *entry_handler)
{
	(void)handler;
	(void)entry_handler;
	if (p->variant == NEVER)
		return;
	/* the smallest number has no literal of its own in C */
	strbuf_addf(out, "static const struct script_spec_begin probe_%d_spec = { .priority = (s64)0x%llxULL };\n",
		    p->index, (unsigned long long)*(int64_t *)p->family_data);
}

static void attach(const struct probe *p, struct attachment *out)
{
	out->mechanism = mechanisms[p->variant];
	out->bare = p->variant == NEVER;
}

const struct probe_family family_lifecycle = {
	.name = "begin, end, error, never",
	.spellings = spellings,
	.privilege = PRIVILEGE_STAPUSR,
	.user_runtime = true,
	.derive = derive,
	.declare = declare,
	.attach = attach,
};
