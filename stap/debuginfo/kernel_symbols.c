/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Symbols make an image readable: with their addresses the tables that the kernel itself
 * uses can be read from the file.  Which functions kprobes refuse, which ftrace can patch
 * and which system a trace event belongs to are known so without asking a running kernel.
 */
#include "kernel_symbols.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/intern.h"
#include "../base/strbuf.h"
#include "private.h"

enum { PART_BUILD_ID = STORE_PARTS - 1 };

/* What is being learnt. */
struct learner {
	const struct image *img;
	struct symbols table;
	struct btf_blob *btf;
	VEC(struct barred) barred;
	VEC(uint64_t) ftrace;
	VEC(struct system_row) systems;
	struct strbuf texts;
};

/* ---- reading the image --------------------------------------------------------------- */

static bool read_pointer(const struct image *img, uint64_t address, uint64_t *value)
{
	size_t left;
	const void *p = image_at(img, address, &left);

	if (!p || left < sizeof *value)
		return false;
	memcpy(value, p, sizeof *value);
	return true;
}

/* Text in the image, NULL when it does not end there. */
static const char *read_text(const struct image *img, uint64_t address)
{
	size_t left;
	const char *p = image_at(img, address, &left);

	return p && memchr(p, '\0', left) ? p : NULL;
}

/* ---- what is code ---------------------------------------------------------------------- */

/* The range between two symbols; empty when they are not there. */
struct range { uint64_t start, end; };

static bool in_code(const struct range *code, size_t count, uint64_t address)
{
	for (size_t i = 0; i < count; i++)
		if (address >= code[i].start && address < code[i].end)
			return true;
	return false;
}

/*
 * Newer kernels have executable .data, so nm's letters call its variables code.  Where code
 * is we know better; letters of what lies elsewhere are made those of data.
 */
static void correct_letters(struct symbols *t)
{
	const struct range code[] = {
		{ symbols_address(t, "_stext"), symbols_address(t, "_etext") },
		{ symbols_address(t, "_sinittext"), symbols_address(t, "_einittext") },
	};
	static const char text[] = "tTwW", data[] = "dDvV";

	if (!code[0].start || !code[0].end)
		return;
	for (uint32_t i = 0; i < t->count; i++) {
		char *letter = (char *)t->texts + t->all[i].text;
		const char *known = strchr(text, *letter);

		if (known && !in_code(code, 2, t->all[i].address))
			*letter = data[known - text];
	}
}

/* ---- what kprobes refuse ---------------------------------------------------------------- */

static void bar(struct learner *l, uint64_t start, uint64_t end, enum barred_reason reason)
{
	struct barred b = { start, end, reason };

	if (start && start < end)
		vec_push(&l->barred, b);
}

static void bar_sections(struct learner *l)
{
	static const struct { const char *start, *end; enum barred_reason reason; } rows[] = {
		{ "__kprobes_text_start", "__kprobes_text_end", BARRED_SECTION },
		{ "__noinstr_text_start", "__noinstr_text_end", BARRED_SECTION },
		{ "__entry_text_start", "__entry_text_end", BARRED_SECTION },
		{ "__init_begin", "__init_end", BARRED_INIT },
		{ "_sinittext", "_einittext", BARRED_INIT },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		bar(l, symbols_address(&l->table, rows[i].start),
		    symbols_address(&l->table, rows[i].end), rows[i].reason);
}

/* The address where the symbol after the one at `address` starts. */
static uint64_t end_of(const struct symbols *t, uint64_t address)
{
	const struct symbol *s = symbols_at(t, address), *end = t->all + t->count;

	while (s && s < end && s->address <= address)
		s++;
	return s && s < end ? s->address : address + 1;
}

static void bar_blacklist(struct learner *l)
{
	uint64_t at = symbols_address(&l->table, "__start_kprobe_blacklist");
	uint64_t end = symbols_address(&l->table, "__stop_kprobe_blacklist"), function;

	for (; at && at < end && read_pointer(l->img, at, &function); at += sizeof function)
		bar(l, function, end_of(&l->table, function), BARRED_BLACKLIST);
}

/*
 * ftrace copies these to make the code through which a traced function calls its tracers, and
 * every such call goes through the others: a breakpoint in one of them is copied, or met while a
 * breakpoint is served.  No list of the kernel's own names them.
 */
static void bar_ftrace(struct learner *l)
{
	static const char *const names[] = {
		"__fentry__", "ftrace_caller", "ftrace_caller_op_ptr", "ftrace_call", "ftrace_caller_end",
		"ftrace_regs_caller", "ftrace_regs_caller_op_ptr", "ftrace_regs_call", "ftrace_regs_caller_jmp",
		"ftrace_regs_caller_end", "ftrace_stub", "ftrace_stub_graph", "ftrace_stub_direct_tramp",
		"ftrace_graph_call", "ftrace_graph_caller", "ftrace_epilogue", "ftrace_return",
		"return_to_handler",
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		uint64_t address = symbols_address(&l->table, names[i]);

		if (address)
			bar(l, address, end_of(&l->table, address), BARRED_FTRACE);
	}
}

static int by_start(const void *a, const void *b)
{
	const struct barred *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

/* ---- what ftrace patches ------------------------------------------------------------------ */

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void learn_ftrace(struct learner *l)
{
	uint64_t at = symbols_address(&l->table, "__start_mcount_loc");
	uint64_t end = symbols_address(&l->table, "__stop_mcount_loc"), site;

	for (; at && at < end && read_pointer(l->img, at, &site); at += sizeof site)
		if (site)
			vec_push(&l->ftrace, site);
	if (l->ftrace.len)
		qsort(l->ftrace.data, l->ftrace.len, sizeof *l->ftrace.data, by_number);
}

/* ---- systems of trace events ---------------------------------------------------------------- */

static bool member_offset(struct btf_blob *btf, const char *type, const char *member,
			  uint64_t *offset)
{
	uint32_t id = btf_find_first(btf, type, BTF_BIT(STRUCT));
	struct cmember m;

	if (!id || !ctype_member(btf_ctype(btf, id), member, &m, NULL))
		return false;
	*offset = m.offset;
	return true;
}

static uint32_t add_text(struct learner *l, const char *text)
{
	uint32_t at = l->texts.len;

	strbuf_addn(&l->texts, text, strlen(text) + 1);
	return at;
}

/* The event X is the variable event_X; its class has the system. */
static void learn_system(struct learner *l, const struct symbol *s, uint64_t class_offset,
			 uint64_t system_offset)
{
	const char *name = symbol_name(&l->table, s), *system;
	uint64_t class, text;
	struct system_row row;

	if (strncmp(name, "event_", 6) != 0 || !strchr("dD", symbol_letter(&l->table, s)) ||
	    !read_pointer(l->img, s->address + class_offset, &class) || !class ||
	    !read_pointer(l->img, class + system_offset, &text) || !text)
		return;
	system = read_text(l->img, text);
	if (!system || !*system || strlen(system) > 64)
		return;
	row.name = add_text(l, name + strlen("event_"));
	row.system = add_text(l, system);
	vec_push(&l->systems, row);
}

static const char *sorted_texts;	/* qsort() has no argument for it */

static int by_name(const void *a, const void *b)
{
	return strcmp(sorted_texts + ((const struct system_row *)a)->name,
		      sorted_texts + ((const struct system_row *)b)->name);
}

static void learn_systems(struct learner *l)
{
	uint64_t class, system;

	if (!l->btf || !member_offset(l->btf, "trace_event_call", "class", &class) ||
	    !member_offset(l->btf, "trace_event_class", "system", &system))
		return;
	for (uint32_t i = 0; i < l->table.count; i++)
		learn_system(l, &l->table.all[i], class, system);
	sorted_texts = strbuf_text(&l->texts);
	if (l->systems.len)
		qsort(l->systems.data, l->systems.len, sizeof *l->systems.data, by_name);
}

/* ---- keeping ------------------------------------------------------------------------------- */

static void set_part(struct store *st, int part, const void *data, size_t size)
{
	st->part[part] = (struct store_part){ data, size };
}

static void learner_to_store(struct learner *l, const char *build_id, struct store *st)
{
	symbols_to_store(&l->table, st);
	set_part(st, SYMBOLS_PART_BARRED, l->barred.data, l->barred.len * sizeof *l->barred.data);
	set_part(st, SYMBOLS_PART_FTRACE, l->ftrace.data, l->ftrace.len * sizeof *l->ftrace.data);
	set_part(st, SYMBOLS_PART_SYSTEMS, l->systems.data,
		 l->systems.len * sizeof *l->systems.data);
	set_part(st, SYMBOLS_PART_SYSTEM_TEXTS, strbuf_text(&l->texts), l->texts.len);
	if (build_id)
		set_part(st, PART_BUILD_ID, build_id, strlen(build_id) + 1);
}

static struct kernel_symbols *from_store(const struct store *st)
{
	struct kernel_symbols *k = arena_new(struct kernel_symbols);

	if (!symbols_from_store(&k->table, st))
		return NULL;
	k->barred = st->part[SYMBOLS_PART_BARRED].data;
	k->barred_count = st->part[SYMBOLS_PART_BARRED].size / sizeof *k->barred;
	k->ftrace = st->part[SYMBOLS_PART_FTRACE].data;
	k->ftrace_count = st->part[SYMBOLS_PART_FTRACE].size / sizeof *k->ftrace;
	k->systems = st->part[SYMBOLS_PART_SYSTEMS].data;
	k->system_count = st->part[SYMBOLS_PART_SYSTEMS].size / sizeof *k->systems;
	k->system_texts = st->part[SYMBOLS_PART_SYSTEM_TEXTS].data;
	k->build_id = st->part[PART_BUILD_ID].data;
	return k;
}

void kernel_symbols_learn(struct session *s, const struct image *img, struct btf_blob *btf,
			  const char *key)
{
	struct kernel_data *d = session_kernel(s)->data;
	struct symbols_builder w = { 0 };
	struct learner l = { .img = img, .btf = btf };
	struct store st = { 0 };

	if (d->symbols)
		return;
	if ((!symbols_from_elf(&w, img) && !symbols_from_kallsyms(&w, img)) ||
	    !symbols_finish(&w, &l.table)) {
		/* an entry without symbols spares the next runs the search */
		store_save(&st, s->cache_dir, "symbols", key);
		d->symbols_tried = true;
		return;
	}
	image_forget(img);
	correct_letters(&l.table);
	bar_sections(&l);
	bar_blacklist(&l);
	bar_ftrace(&l);
	if (l.barred.len)
		qsort(l.barred.data, l.barred.len, sizeof *l.barred.data, by_start);
	learn_ftrace(&l);
	image_forget(img);
	learn_systems(&l);
	image_forget(img);
	learner_to_store(&l, image_build_id(img), &st);
	if (store_save(&st, s->cache_dir, "symbols", key) == 0) {
		struct store kept;

		if (store_load(&kept, s->cache_dir, "symbols", key)) {
			symbols_release(&l.table);
			strbuf_release(&l.texts);
			st = kept;
		}
	}
	d->symbols = from_store(&st);
}

/* ---- finding ------------------------------------------------------------------------------------ */

/* The file may have been replaced by another build since the kernel was booted. */
static bool is_of_kernel(const struct kernel *k, const struct kernel_symbols *found)
{
	return found && (!k->running || !k->build_id || !found->build_id ||
			 strcmp(k->build_id, found->build_id) == 0);
}

static struct kernel_symbols *from_image(struct session *s, struct kernel *k)
{
	const char *key = store_file_key(k->image);
	struct store st;
	struct image img;

	if (store_load(&st, s->cache_dir, "symbols", key))
		return from_store(&st);
	if (image_open(&img, k->image, s->cache_dir) < 0)
		return NULL;
	kernel_symbols_learn(s, &img, kernel_btf(s), key);
	image_close(&img);
	return k->data->symbols;
}

/* One line: address, letter, name, and the module in brackets for those of modules. */
static void add_kallsyms_line(struct symbols_builder *w, const char *line)
{
	unsigned long long address;
	char letter;
	int name = 0;

	if (sscanf(line, "%llx %c %n", &address, &letter, &name) == 2 && name &&
	    !strpbrk(line + name, "\t ["))
		symbols_add(w, address, letter, line + name, strlen(line + name));
}

/* What the running kernel tells: addresses are those of this boot, or 0 to some users. */
static struct kernel_symbols *from_proc(void)
{
	struct kernel_symbols *k = arena_new(struct kernel_symbols);
	struct symbols_builder w = { 0 };
	size_t size;
	char *text = file_text("/proc/kallsyms", &size), *rest = text, *line;

	while (rest && (line = strsep(&rest, "\n")))
		add_kallsyms_line(&w, line);
	free(text);
	return symbols_finish(&w, &k->table) ? k : NULL;
}

const struct kernel_symbols *kernel_symbols(struct session *s)
{
	struct kernel *k = session_kernel(s);
	struct kernel_data *d;

	if (!k)
		return NULL;
	d = k->data;
	if (!d->symbols_tried) {
		d->symbols_tried = true;
		if (!d->symbols && k->image)
			d->symbols = from_image(s, k);
		if (!is_of_kernel(k, d->symbols))
			d->symbols = NULL;
		if (!d->symbols && k->running)
			d->symbols = from_proc();
	}
	return d->symbols;
}

/* ---- asking -------------------------------------------------------------------------------------- */

const char *kernel_symbols_barred(const struct kernel_symbols *k, uint64_t address)
{
	static const char *const texts[] = {
		[BARRED_BLACKLIST] = "is on the kernel's kprobe blacklist",
		[BARRED_SECTION] = "is in code that the kernel keeps free of probes",
		[BARRED_FTRACE] = "is part of how the kernel calls function tracers",
		[BARRED_INIT] = "is only there while the kernel boots",
	};

	/* ranges may lie inside each other, and there are few: look at all that start before */
	for (size_t i = 0; i < k->barred_count && k->barred[i].start <= address; i++)
		if (address < k->barred[i].end)
			return texts[k->barred[i].reason];
	return NULL;
}

/* The call is the first instruction, or follows an endbr64.  A symbol that marks the end of something may lie
 * shortly before a function. */
bool kernel_symbols_patchable(const struct kernel_symbols *k, uint64_t address)
{
	size_t low = 0, high = k->ftrace_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (k->ftrace[middle] < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low < k->ftrace_count && k->ftrace[low] - address <= 4 &&
	       symbols_at(&k->table, k->ftrace[low])->address == address;
}

/* A part that was split off ("f.cold") is as its function. */
static uint64_t function_start(const struct kernel_symbols *k, uint64_t address)
{
	const struct symbol *s = symbols_at(&k->table, address), *whole;
	const char *name = s ? symbol_name(&k->table, s) : "", *cold = strstr(name, ".cold");

	whole = cold && cold != name ? symbols_find(&k->table, intern_n(name, (size_t)(cold - name)), NULL) : NULL;
	return whole ? whole->address : s ? s->address : 0;
}

/*
 * Functions that the kernel marks notrace, and whole files that it builds without calls to
 * tracers, are what tracing itself runs on: clocks, the preemption count, RCU's idea of idle, breakpoints.
 * The kernel's own probe events refuse them for the same reason (CONFIG_KPROBE_EVENTS_ON_NOTRACE).
 */
const char *kernel_symbols_untraced(const struct kernel_symbols *k, uint64_t address)
{
	uint64_t start = k->ftrace_count ? function_start(k, address) : 0;

	return start && !kernel_symbols_patchable(k, start) ? "is code that the kernel keeps its own tracers out of" : NULL;
}

const char *kernel_symbols_system(const struct kernel_symbols *k, const char *tracepoint)
{
	size_t low = 0, high = k->system_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(k->system_texts + k->systems[middle].name, tracepoint);

		if (order == 0)
			return k->system_texts + k->systems[middle].system;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}
