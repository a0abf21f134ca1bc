/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pass 3: the order of a translation unit.
 *
 *	macros of the session, script.h
 *	maps of each shape, per-CPU data, globals
 *	the library's C, regular expressions, symbols
 *	prototypes, functions, handlers, the display of globals
 *	the tables: probes, settable globals, configuration; start and end
 *
 * What comes later decides what comes earlier (which globals need locks, which loops need
 * room), so the sections are written separately and put together at the end.
 */
#include "translate.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/file.h"
#include "../debuginfo/debuginfo.h"
#include "../regex/regex.h"
#include "unit.h"

/* ---- settings --------------------------------------------------------------------------- */

/* A limit that the script's text depends on: -D NAME=N or the default. */
static int64_t limit(const struct session *s, const char *name, int64_t otherwise)
{
	const char *value = session_macro(s, name);
	char *end;
	long long n;

	if (!value || !*value)
		return otherwise;
	n = strtoll(value, &end, 0);
	return *end || n <= 0 ? otherwise : n;
}

/* How many calls may be under way: the longest chain, and ten more when there is recursion. */
static int max_nesting(const struct unit *u)
{
	int deepest = 0;

	each_function(u, info)
		deepest = info->depth > deepest ? info->depth : deepest;
	return (int)limit(u->session, "MAXNESTING", deepest + 10);
}

static void read_settings(struct unit *u)
{
	const struct session *s = u->session;
	const char *interruptible = session_macro(s, "INTERRUPTIBLE");
	bool atomic = interruptible && strcmp(interruptible, "0") == 0;
	int64_t action = limit(s, "MAXACTION", 1000);

	u->max_string = limit(s, "MAXSTRINGLEN", 512);
	u->max_action = atomic ? action : limit(s, "MAXACTION_INTERRUPTIBLE", action * 10);
	u->two_units = u->program->uses_kernel_headers && s->options.runtime == RUNTIME_KERNEL;
}

/* ---- sections ------------------------------------------------------------------------------ */

static void add_macros(const struct unit *u, struct strbuf *sb)
{
	const struct options *o = &u->session->options;

	for (size_t i = 0; i < o->macros.len; i++) {
		const char *macro = o->macros.data[i], *equal = strchr(macro, '=');

		if (equal)
			strbuf_addf(sb, "#undef %.*s\n#define %.*s %s\n", (int)(equal - macro), macro,
				    (int)(equal - macro), macro, equal + 1);
		else
			strbuf_addf(sb, "#undef %s\n#define %s 1\n", macro, macro);
	}
	if (!session_macro(u->session, "MAXNESTING"))
		strbuf_addf(sb, "#define MAXNESTING %d\n", u->max_nesting);
	strbuf_addc(sb, '\n');
}

/* Generated code declares where it needs to, and not all that it declares is used. */
static void add_pragmas(struct strbuf *sb)
{
	static const char *const ignored[] = {
		"unused-variable", "unused-but-set-variable", "unused-function", "unused-label", "unused-value",
		"declaration-after-statement", "maybe-uninitialized",
	};

	strbuf_add(sb, "#pragma GCC diagnostic ignored \"-Wpragmas\"\n");
	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		strbuf_addf(sb, "#pragma GCC diagnostic ignored \"-W%s\"\n", ignored[i]);
	strbuf_addc(sb, '\n');
}

/* The version that --compatible asks for, as C can compare it. */
static void add_version(const struct unit *u, struct strbuf *sb)
{
	int major = 0, minor = 0;

	sscanf(u->session->options.compatible ? u->session->options.compatible : STAP_COMPATIBLE_VERSION, "%d.%d",
	       &major, &minor);
	strbuf_addf(sb, "#define STAP_VERSION(major, minor) ((major) << 8 | (minor))\n"
		    "#define STAP_COMPAT_VERSION STAP_VERSION(%d, %d)\n", major, minor);
}

/* What scripts call that newer kernels and older C libraries do not have. */
static void add_old_names(struct strbuf *sb)
{
	strbuf_add(sb, "#undef strlcpy\n#define strlcpy(to, from, size) str_copy(to, from, size)\n"
		   "#undef strlcat\n#define strlcat(to, from, size) str_append(to, from, size)\n\n");
}

/* For the script's own C in a process. */
static void add_libc_headers(struct strbuf *sb)
{
	static const char *const headers[] = {
		"errno.h", "fcntl.h", "limits.h", "signal.h", "stdint.h", "stdio.h", "string.h", "sys/stat.h", "sys/types.h",
	};

	strbuf_add(sb, "#define SCRIPT_LIBC_HEADERS\n");
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		strbuf_addf(sb, "#include <%s>\n", headers[i]);
}

static void add_head(const struct unit *u, struct strbuf *sb)
{
	bool users = u->session->options.runtime == RUNTIME_USER && u->program->uses_kernel_headers;

	add_pragmas(sb);
	add_version(u, sb);
	add_macros(u, sb);
	if (users)
		add_libc_headers(sb);
	strbuf_add(sb, "#include \"embedded.h\"\n#include \"percpu.h\"\n\n");
	if (users)
		add_old_names(sb);
}

/* User's C for the kernel: its own unit, with kernel headers. */
static const char *foreign_unit(struct unit *u)
{
	static const char *const headers[] = {
		"linux/version.h", "linux/kernel.h", "linux/module.h", "linux/string.h", "linux/slab.h",
		"linux/sched.h", "linux/sched/signal.h", "linux/mm.h", "linux/fs.h", "linux/uaccess.h",
		"linux/percpu.h", "linux/preempt.h", "linux/atomic.h",
	};
	struct strbuf sb = {0};

	if (!u->two_units)
		return NULL;
	add_pragmas(&sb);
	add_version(u, &sb);
	add_macros(u, &sb);
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		strbuf_addf(&sb, "#include <%s>\n", headers[i]);
	strbuf_add(&sb, "\n#define SCRIPT_KERNEL_HEADERS\n"
		   "struct context;\nDECLARE_PER_CPU(struct context *, script_context);\n"
		   "#include \"embedded.h\"\n\n");
	strbuf_add(&sb, strbuf_text(&u->shared_prototypes));
	strbuf_addc(&sb, '\n');
	add_old_names(&sb);
	embedded_file_level(u, &sb, true, false);
	strbuf_add(&sb, strbuf_text(&u->foreign));
	embedded_file_level(u, &sb, true, true);
	return text_taken(&sb);
}

/* Does a user's C look for symbols?  The runtime prepares that with the first symbol of a script. */
static bool looks_for_symbols(const struct unit *u)
{
	if (!u->two_units)
		return false;
	vec_each(&u->program->embeds, struct embed_decl *, d)
		if (strstr((*d)->code, "kallsyms_lookup_name"))
			return true;
	return strstr(strbuf_text(&u->foreign), "kallsyms_lookup_name") != NULL;
}

static void add_symbols(const struct unit *u, struct strbuf *sb)
{
	const struct program *p = u->program;
	bool looks = looks_for_symbols(u);

	if (!p->symbols.len && u->session->options.runtime == RUNTIME_USER)
		return;
	strbuf_add(sb, "struct script_symbol script_symbols[] = {\n");
	for (size_t i = 0; i < p->symbols.len; i++) {
		const struct kernel_symbol *k = &p->symbols.data[i];

		strbuf_addf(sb, "\t{ .module = %s, .name = \"%s\" },\n",
			    k->module ? arena_printf("\"%s\"", k->module) : "NULL", k->name);
	}
	strbuf_addf(sb, "\t{ .name = %s },\n};\n", looks ? "\"kallsyms_lookup_name\"" : "NULL");
	strbuf_addf(sb, "const unsigned script_symbol_count = %u;\n\n", p->symbols.len + looks);
}

/* What @perf reads is known only when all probes are. */
static void add_counters(const struct unit *u, struct strbuf *sb)
{
	const struct program *p = u->program;

	for (size_t i = 0; i < p->counters.len; i++)
		strbuf_addf(sb, p->counters.data[i].of_threads ? "#define PERF_COUNTER_%zu script_thread_counter_read(%zu)\n" :
			    "#define PERF_COUNTER_%zu script_counter_read(c, %zu)\n", i, i);
}

static void add_regex(struct unit *u, struct strbuf *sb, size_t index)
{
	const struct regex *r = &u->program->regexes.data[index];
	const char *error;
	size_t offset;

	if (!regex_compile(r->pattern, u->captures, sb, arena_printf("regex_%zu", index), &error, &offset))
		diag_report(DIAG_regex, r->at, "%s (byte %zu of the pattern)", error, offset + 1);
}

static void add_regexes(struct unit *u, struct strbuf *sb)
{
	for (size_t i = 0; i < u->program->regexes.len; i++)
		add_regex(u, sb, i);
}

static void add_config(const struct unit *u, struct strbuf *sb)
{
	const struct options *o = &u->session->options;
	unsigned frames = frame_stack_bytes(u);
	const char *name = u->session->files.len ? u->session->files.data[0]->source->name : "";

	if (u->display_bytes > frames)
		frames = u->display_bytes;
	strbuf_addf(sb,
		    "const struct script_config script_config = {\n"
		    "\t.max_string = MAXSTRINGLEN, .max_errors = MAXERRORS, .max_skipped = MAXSKIPPED,\n"
		    "\t.max_backtrace = MAXBACKTRACE, .buffer_size = STP_BUFFER_SIZE, .min_stack = SCRIPT_ENTRY_STACK,\n"
		    "\t.procfs_size = STP_PROCFS_BUFSIZE, .return_instances = KRETACTIVE,\n"
		    "\t.max_action = %" PRId64 ",\n"
		    "\t.try_lock = %s, .try_lock_delay = TRYLOCKDELAY,\n"
		    "\t.percpu_size = sizeof(struct script_percpu), .frame_size = %u,\n"
		    "\t.overload_threshold = %s, .overload_interval = STP_OVERLOAD_INTERVAL,\n"
		    "\t.all_registers = %s, .collects_stacks = %s,\n"
		    "\t.timing = %s, .timing_ns = SCRIPT_TIMING_NS, .suppress_errors = %s, .bulk = %s, .relay_kb = %d,\n"
		    "\t.max_memory_kb = STP_MAXMEMORY,\n"
		    "\t.script_name = %s,\n"
		    "};\n\n", u->max_action, o->suppress_time_limits ? "~0u" : "MAXTRYLOCK", frames,
		    o->suppress_time_limits ? "0" : "STP_OVERLOAD_THRESHOLD",
		    u->all_registers ? "true" : "false", u->collects_stacks && !u->session->options.unoptimized ? "true" : "false",
		    o->timing ? "true" : "false", o->suppress_handler_errors ? "true" : "false",
		    o->bulk ? "true" : "false", o->buffer_mb * 1024, c_string(name, strlen(name), SIZE_MAX));
}

static void add_start_and_end(struct unit *u, struct strbuf *sb)
{
	strbuf_addf(sb, "int script_init(void)\n{\n%s\treturn 0;\n}\n\n", strbuf_text(&u->init));
	strbuf_addf(sb, "void script_exit(void)\n{\n%s}\n\n", strbuf_text(&u->exit));
	strbuf_addf(sb, "int script_percpu_init(void *percpu)\n{\n\tstruct script_percpu *cpu = percpu;\n\n"
		    "\t(void)cpu;\n%s\treturn 0;\n}\n\n", strbuf_text(&u->percpu_init));
	strbuf_addf(sb, "void script_percpu_exit(void *percpu)\n{\n\tstruct script_percpu *cpu = percpu;\n\n"
		    "\t(void)cpu;\n%s}\n", strbuf_text(&u->percpu_exit));
}

/* The handlers' code can be most of it and stays where it is: what surrounds it is added to it. */
static struct spool *whole_unit(struct unit *u)
{
	struct strbuf *head = &u->code.head, *tail = &u->code.tail;

	add_head(u, head);
	globals_declare(u, head);
	strbuf_add(head, strbuf_text(&u->shared_prototypes));
	embedded_accessors(u, head);
	embedded_file_level(u, head, false, false);
	add_symbols(u, head);
	add_counters(u, head);
	add_regexes(u, head);
	strbuf_add(head, strbuf_text(&u->prototypes));
	strbuf_addc(head, '\n');
	probes_table(u);
	embedded_file_level(u, tail, false, true);
	globals_table(u, tail);
	programs_table(u, tail);
	add_config(u, tail);
	add_start_and_end(u, tail);
	return &u->code;
}

/* ---- the pass ---------------------------------------------------------------------------------- */

/* FNV-1a */
static bool hash_piece(const char *piece, size_t len, void *data)
{
	uint64_t hash = *(uint64_t *)data;

	for (; len; piece++, len--)
		hash = (hash ^ (unsigned char)*piece) * UINT64_C(0x100000001b3);
	*(uint64_t *)data = hash;
	return true;
}

/* False: an error was reported. */
static bool name_module(struct session *s)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	int err = spool_each(s->c_text, hash_piece, &hash);

	if (err)
		diag_report(DIAG_environment, NULL, "cannot read the C text back: %s", error_text(err));
	s->module_name = s->options.module_name ? s->options.module_name : arena_printf("stap_%016" PRIx64, hash);
	return !err;
}

static void analyse(struct unit *u)
{
	read_settings(u);
	display_prepare(u);
	globals_begin(u);
	display_build(u);
	usage_analyse(u);
	globals_classify(u);
	limits_analyse(u);
	u->max_nesting = max_nesting(u);
}

int pass_3(struct session *s)
{
	struct unit *u = arena_new(struct unit);
	unsigned errors = diag_errors();

	u->session = s;
	u->program = s->program;
	u->code.dir = s->options.tmpdir;
	analyse(u);
	saved_declare(u);
	functions_translate(u);
	handlers_translate(u);
	debuginfo_forget();	/* types are of no use any more */
	display_translate(u);
	if (s->options.verbose[3] > 1)
		plan_tell(u, stderr);
	if (s->options.plan)
		s->plan = plan_text(u);
	s->c_text = whole_unit(u);
	s->c_text_kernel = foreign_unit(u);
	return !name_module(s) || diag_errors() != errors;
}

static bool write_piece(const char *piece, size_t len, void *out)
{
	return fwrite(piece, 1, len, out) == len;
}

void pass_3_dump(const struct session *s, FILE *out)
{
	if (s->plan) {
		fputs(s->plan, out);
		return;
	}
	spool_each(s->c_text, write_piece, out);
	if (s->c_text_kernel)
		fprintf(out, "\n/* ---- second unit, with kernel headers ---- */\n\n%s", s->c_text_kernel);
}
