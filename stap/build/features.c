/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of features: where kernels differ in what the runtime calls.
 *
 * Distributions carry changes back to old kernels, so a version number tells little.  The kernel's
 * list of exported symbols (Module.symvers, always there) and its types (BTF, or DWARF where it is
 * installed) tell what is so.  Only a kernel that has no answer, for
 * want of type information, is judged by its version: the row says which releases of kernel.org have it.
 */
#include "features.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "../base/strbuf.h"
#include "../debuginfo/debuginfo.h"
#include "../session.h"

enum answer { NO, YES, UNKNOWN };

struct feature {
	const char *name;
	enum answer (*ask)(struct session *s, const struct feature *f);
	const char *what;		/* a symbol, type or function */
	const char *detail;		/* of it */
	unsigned parameter;		/* of a function, for questions about one */
	const char *since, *until;	/* releases of kernel.org: from the first on, before the second */
};

/* Every module that probes needs this one: a list without it says nothing. */
static bool exports_known(struct kernel *k)
{
	return kernel_exports(k, "register_kprobe");
}

/* Does the kernel, or a module of its, export the symbol? */
static enum answer exports(struct session *s, const struct feature *f)
{
	struct kernel *k = session_kernel(s);

	if (kernel_exports(k, f->what))
		return YES;
	return exports_known(k) ? NO : UNKNOWN;
}

/* Has the structure a member of that name? */
static enum answer has_member(struct session *s, const struct feature *f)
{
	const struct ctype *type = ctype_by_name(s, NULL, f->what, NULL);
	struct cmember found;

	if (!type)
		return UNKNOWN;
	return ctype_member(ctype_complete(type), f->detail, &found, NULL) ? YES : NO;
}

struct question {
	const struct feature *feature;
	enum answer answer;
};

static void look_at_parameter(const struct cfunction *function, void *data)
{
	struct question *q = data;
	unsigned n = q->feature->parameter;

	if (!function->has_prototype)
		return;
	q->answer = n < function->param_count &&
		strstr(function->params[n].type->spelling, q->feature->detail) ? YES : NO;
}

/* Does the type of the function's parameter, as C spells it, contain that text? */
static enum answer parameter_has(struct session *s, const struct feature *f)
{
	struct question q = { f, UNKNOWN };

	functions_match(s, NULL, f->what, NULL, FUNCTION_CALLS, look_at_parameter, &q);
	return q.answer;
}

static void count_function(const struct cfunction *function, void *data)
{
	(void)function;
	(void)data;
}

/* Is there the function, static or not? */
static enum answer has_function(struct session *s, const struct feature *f)
{
	static const char known[] = "register_kprobe";

	if (functions_match(s, NULL, f->what, NULL, FUNCTION_CALLS, count_function, NULL) > 0)
		return YES;
	return functions_match(s, NULL, known, NULL, FUNCTION_CALLS, count_function, NULL) > 0 ? NO : UNKNOWN;
}

/* What each means is told where compat.h uses it. */
static const struct feature features[] = {
	{ "EXTABLE_TYPES",	has_member, "struct exception_table_entry", "data", .since = "5.16" },
	{ "PCPU_HOT",		exports, "pcpu_hot", .since = "6.2", .until = "6.15" },
	{ "FTRACE_REGS",	parameter_has, "kprobe_ftrace_handler", "ftrace_regs", 3, .since = "5.11" },
	{ "FTRACE_FILTER_IPS",	exports, "ftrace_set_filter_ips", .since = "5.18" },
	{ "KALLSYMS_BY_NAME",	has_function, "kallsyms_on_each_match_symbol", .since = "6.2" },
	{ "KALLSYMS_MODULE",	parameter_has, "kallsyms_on_each_symbol", "module", 0, .until = "6.4" },
	{ "HRTIMER_SETUP",	exports, "hrtimer_setup", .since = "6.13" },
	{ "PDE_DATA_FUNCTION",	exports, "PDE_DATA", .until = "5.17" },
	{ "KRETPROBE_OWNER",	has_member, "struct kretprobe_instance", "rp", .until = "5.11" },
	{ "KRETPROBE_ADDRESS",	has_member, "struct kretprobe_instance", "ret_addr", .until = "5.18" },
	{ "KRETPROBE_FIND",	has_function, "kretprobe_find_ret_addr", .since = "5.16", .until = "5.18" },
	{ "MODULE_MEMORY_KINDS", has_member, "struct module", "mem", .since = "6.4" },
	{ "TASK_WORK_MATCH",	has_function, "task_work_cancel_match", .since = "5.13" },
	{ "EXIT_TELLS_GROUP",	parameter_has, "__traceiter_sched_process_exit", "", 2, .since = "6.16" },
	{ "TIMER_DELETE_SYNC",	exports, "timer_delete_sync", .since = "6.2" },
};

static bool by_version(const struct feature *f, const char *version)
{
	return (!f->since || strverscmp(version, f->since) >= 0) &&
		(!f->until || strverscmp(version, f->until) < 0);
}

void features_write(struct session *s, struct strbuf *out)
{
	for (size_t i = 0; i < sizeof features / sizeof features[0]; i++) {
		const struct feature *f = &features[i];
		enum answer answer = f->ask(s, f);
		bool has = answer == UNKNOWN ? by_version(f, session_kernel(s)->version) : answer == YES;

		strbuf_addf(out, "#define KERNEL_HAS_%s %d\n", f->name, has);
	}
}
