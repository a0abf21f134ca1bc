/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Statements: rows of line tables.  A place in the source may have code at several
 * addresses; of rows that follow each other with the same line and function only the
 * first counts.  Which function an address is in is answered for a whole unit by a
 * table of its functions and inlined instances, innermost last.
 */
#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/intern.h"
#include "dwarf_private.h"

/* ---- patterns ------------------------------------------------------------------------ */

static bool parse_range(const char **p, struct line_range *r)
{
	char *end;

	if (!isdigit(**p))
		return false;
	r->first = r->last = strtoul(*p, &end, 10);
	if (*end == '-') {
		if (!isdigit(end[1]))
			return false;
		r->last = strtoul(end + 1, &end, 10);
	}
	*p = end;
	return r->first <= r->last;
}

static bool parse_lines(const char *p, struct point_pattern *out)
{
	if (strcmp(p, "*") == 0) {
		out->lines = LINES_ALL;
		return true;
	}
	for (;;) {
		struct line_range r;

		if (!parse_range(&p, &r))
			return false;
		vec_push(&out->ranges, r);
		if (*p == '\0')
			return true;
		if (*p++ != ',')
			return false;
	}
}

bool point_pattern_parse(const char *text, struct point_pattern *out)
{
	const char *at = strchr(text, '@'), *lines;

	memset(out, 0, sizeof *out);
	out->function = at ? intern_n(text, at - text) : intern(text);
	if (*out->function == '\0')
		return false;
	if (!at)
		return true;
	lines = strrchr(at, ':');
	if (!lines) {
		const char *plus = strrchr(at, '+');

		/* a '+' may belong to a file's name: only digits and the like follow a line's */
		lines = plus && isdigit(plus[1]) ? plus : NULL;
	}
	out->file = lines ? intern_n(at + 1, lines - at - 1) : intern(at + 1);
	if (!lines)
		return *out->file != '\0';
	out->lines = *lines == '+' ? LINES_RELATIVE : LINES_ABSOLUTE;
	return *out->file != '\0' && parse_lines(lines + 1, out);
}

/* ---- which function an address is in -------------------------------------------------- */

struct code_range {
	Dwarf_Addr start, end;
	Dwarf_Off die;
	unsigned depth;
	const char *name;
};

struct unit_code {
	VEC(struct code_range) ranges;	/* by start, then depth */
};

static void add_ranges(struct unit_code *u, Dwarf_Die *die, unsigned depth)
{
	struct code_range r = { .die = dwarf_dieoffset(die), .depth = depth,
				.name = dwarf_diename(die) };
	Dwarf_Addr base;
	ptrdiff_t at = 0;

	while ((at = dwarf_ranges(die, at, &base, &r.start, &r.end)) > 0)
		if (r.start < r.end)
			vec_push(&u->ranges, r);
}

static void read_code(struct unit_code *u, Dwarf_Die *parent, unsigned depth)
{
	Dwarf_Die die;

	if (dwarf_child(parent, &die) != 0)
		return;
	do {
		switch (dwarf_tag(&die)) {
		case DW_TAG_subprogram:
		case DW_TAG_inlined_subroutine:
			add_ranges(u, &die, depth);
			read_code(u, &die, depth + 1);
			break;
		case DW_TAG_lexical_block:
		case DW_TAG_try_block:
		case DW_TAG_catch_block:
		case DW_TAG_namespace:
			read_code(u, &die, depth);
			break;
		}
	} while (dwarf_siblingof(&die, &die) == 0);
}

static int by_start(const void *a, const void *b)
{
	const struct code_range *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->depth < y->depth ? -1 : x->depth > y->depth;
}

static struct unit_code *unit_code(Dwarf_Die *unit)
{
	struct unit_code *u = arena_new(struct unit_code);

	read_code(u, unit, 0);
	if (u->ranges.len)
		qsort(u->ranges.data, u->ranges.len, sizeof *u->ranges.data, by_start);
	return u;
}

/* The first range that starts after an address. */
static size_t range_after(const struct unit_code *u, Dwarf_Addr address)
{
	size_t low = 0, high = u->ranges.len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (u->ranges.data[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The innermost range around an address, NULL: none.  Ranges nest, so one of depth 0, that is of
 * a function of its own, ends the search. */
static const struct code_range *range_around(const struct unit_code *u, Dwarf_Addr address)
{
	for (size_t i = range_after(u, address); i-- > 0; ) {
		const struct code_range *r = &u->ranges.data[i];

		if (address >= r->start && address < r->end)
			return r;
		if (r->depth == 0)
			return NULL;
	}
	return NULL;
}

static bool name_matches(const struct code_range *r, const char *glob)
{
	return r && r->name && fnmatch(glob, r->name, 0) == 0;
}

/* ---- rows ------------------------------------------------------------------------------- */

struct row {
	Dwarf_Addr address;
	unsigned line, order;
	const char *file;
	const struct code_range *range;
};

struct search {
	struct debug_file *file;
	const struct point_pattern *pattern;
	bool nearest;
	unsigned *close;
	VEC(struct row) rows;			/* with code in the files that match */
	VEC(struct row) chosen;
};

/* Rows of a unit whose file and function match. */
static void read_rows(struct search *q, Dwarf_Die *unit)
{
	struct unit_code *code = NULL;
	struct row previous = { 0 };
	Dwarf_Lines *lines;
	size_t count;

	if (dwarf_getsrclines(unit, &lines, &count) != 0)
		return;
	for (size_t i = 0; i < count; i++) {
		Dwarf_Line *line = dwarf_onesrcline(lines, i);
		struct row r = { 0 };
		bool flag = false, is_statement = false;
		int number = 0;

		dwarf_lineendsequence(line, &flag);
		dwarf_linebeginstatement(line, &is_statement);
		dwarf_lineno(line, &number);
		dwarf_lineaddr(line, &r.address);
		if (flag || !is_statement || number == 0)
			continue;
		r.line = number;
		r.order = i;
		r.file = plain_path("", dwarf_linesrc(line, NULL, NULL));
		if (!path_matches(r.file, q->pattern->file))
			continue;
		if (!code)
			code = unit_code(unit);
		r.range = range_around(code, r.address);
		/* a run of rows for one line of one function is one statement */
		if (name_matches(r.range, q->pattern->function) && !(previous.range && previous.line == r.line &&
				 previous.range->die == r.range->die && previous.file == r.file))
			vec_push(&q->rows, r);
		previous = r;
	}
}

static bool files_match(struct search *q, Dwarf_Die *unit)
{
	const char **names;
	size_t count = unit_files(q->file, unit, &names);

	for (size_t i = 0; i < count; i++)
		if (path_matches(names[i], q->pattern->file))
			return true;
	return false;
}

/* Units whose main file matches. */
static void read_own_units(struct search *q)
{
	Dwarf_Off at = 0, next;
	size_t header;

	while (dwarf_nextcu(q->file->dw, at, &next, &header, NULL, NULL, NULL) == 0) {
		Dwarf_Die unit;
		const char *name = dwarf_offdie(q->file->dw, at + header, &unit) ?
				   dwarf_diename(&unit) : NULL;

		if (name && path_matches(plain_path("", name), q->pattern->file))
			read_rows(q, &unit);
		at = next;
	}
}

/* Code of a .c file is in the units of that file; that of any other may be everywhere. */
static void read_units(struct search *q)
{
	struct long_walk walk = { .file = q->file };
	size_t len = strlen(q->pattern->file);
	Dwarf_Die unit;

	if (len > 2 && q->pattern->file[len - 2] == '.' && strchr("cS", q->pattern->file[len - 1])) {
		read_own_units(q);
		return;
	}
	while (long_walk_next(&walk, &unit))
		if (files_match(q, &unit))
			read_rows(q, &unit);
}

/* ---- choosing ------------------------------------------------------------------------------ */

/* The line that a row's number is compared as. */
static unsigned counted_line(struct search *q, const struct row *r)
{
	Dwarf_Die die;
	Dwarf_Attribute a;
	Dwarf_Word first = 0;

	if (q->pattern->lines != LINES_RELATIVE)
		return r->line;
	if (dwarf_offdie(q->file->dw, r->range->die, &die) &&
	    dwarf_attr_integrate(&die, DW_AT_decl_line, &a))
		dwarf_formudata(&a, &first);
	return r->line >= first ? r->line - first : UINT32_MAX;
}

static void choose_line(struct search *q, unsigned line)
{
	vec_each(&q->rows, struct row, r)
		if (counted_line(q, r) == line)
			vec_push(&q->chosen, *r);
}

/* Lines with code around a line without. */
static void lines_around(struct search *q, unsigned line, unsigned *before, unsigned *after)
{
	*before = *after = 0;
	vec_each(&q->rows, struct row, r) {
		unsigned have = counted_line(q, r);

		if (have < line && have > *before)
			*before = have;
		else if (have > line && have != UINT32_MAX && (!*after || have < *after))
			*after = have;
	}
}

static void choose_nearest(struct search *q, unsigned line)
{
	unsigned before, after;
	size_t had = q->chosen.len;

	choose_line(q, line);
	if (q->chosen.len > had)
		return;
	lines_around(q, line, &before, &after);
	if (after && (!before || after - line <= line - before))
		choose_line(q, after);
	else if (before)
		choose_line(q, before);
}

static void choose_ranges(struct search *q)
{
	vec_each(&q->pattern->ranges, struct line_range, range)
		for (unsigned line = range->first; line <= range->last; line++) {
			if (q->nearest)
				choose_nearest(q, line);
			else
				choose_line(q, line);
			if (line - range->first > 100000)	/* no file is that long */
				break;
		}
}

static int by_address(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

/* Of rows with one address only the last has code: the others lost theirs to the optimiser. */
static void drop_empty(struct search *q)
{
	size_t kept = 0;

	for (size_t i = 0; i < q->chosen.len; i++)
		if (i + 1 == q->chosen.len ||
		    q->chosen.data[i + 1].address != q->chosen.data[i].address)
			q->chosen.data[kept++] = q->chosen.data[i];
	q->chosen.len = kept;
}

static void choose(struct search *q)
{
	if (q->pattern->lines == LINES_ALL)
		vec_each(&q->rows, struct row, r)
			vec_push(&q->chosen, *r);
	else
		choose_ranges(q);
	if (q->chosen.len) {
		qsort(q->chosen.data, q->chosen.len, sizeof *q->chosen.data, by_address);
		drop_empty(q);
		return;
	}
	if (q->close && q->pattern->ranges.len)
		lines_around(q, q->pattern->ranges.data[0].first, &q->close[0], &q->close[1]);
}

/* ---- visiting --------------------------------------------------------------------------------- */

/* Statements of one function share its description. */
struct described {
	Dwarf_Off die;
	const struct cfunction *function;
	UT_hash_handle hh;
};

static const struct cfunction *describe(struct debug_file *f, struct described **all, Dwarf_Off offset)
{
	struct described *d;
	Dwarf_Die die;

	HASH_FIND(hh, *all, &offset, sizeof offset, d);
	if (d)
		return d->function;
	d = arena_new(struct described);
	d->die = offset;
	if (dwarf_offdie(f->dw, offset, &die))
		d->function = cfunction_of(f, &die);
	HASH_ADD(hh, *all, die, sizeof d->die, d);
	return d->function;
}

static void set_place(struct cstatement *st, struct debug_file *f, Dwarf_Addr address)
{
	st->address = public_address(f, address);
	st->symbol = symbol_covering(f, address, &st->offset);
}

/* Entries of functions, for patterns without lines. */
struct entry_visit {
	void (*visit)(const struct cstatement *st, void *data);
	void *data;
};

static void visit_entry(const struct cfunction *fn, void *data)
{
	struct entry_visit *v = data;
	struct cstatement st = { .address = fn->address, .function = fn, .file = fn->file,
				 .line = fn->line, .symbol = fn->symbol,
				 .offset = fn->symbol_offset };

	v->visit(&st, v->data);
}

int statements_match(struct session *s, const char *module, const struct point_pattern *pattern,
		     bool nearest, unsigned close[2],
		     void (*visit)(const struct cstatement *st, void *data), void *data)
{
	struct search q = { .file = debug_file_wanted(s, module), .pattern = pattern,
			    .nearest = nearest, .close = close };
	struct entry_visit entries = { visit, data };
	struct described *functions = NULL;

	if (!q.file)
		return -ENODATA;
	if (close)
		close[0] = close[1] = 0;
	if (pattern->lines == LINES_NONE)
		return dwarf_functions_match(q.file, pattern->function, pattern->file,
					     FUNCTION_CALLS | FUNCTION_INLINES, visit_entry,
					     &entries);
	read_units(&q);
	choose(&q);
	vec_each(&q.chosen, struct row, r) {
		struct cstatement st = { .function = describe(q.file, &functions, r->range->die),
					 .file = r->file, .line = r->line };

		set_place(&st, q.file, r->address);
		visit(&st, data);
	}
	return q.chosen.len;
}

/* ---- by address ------------------------------------------------------------------------------- */

static bool row_at(struct debug_file *f, Dwarf_Addr address, Dwarf_Die *unit, Dwarf_Line **line)
{
	if (!dwarf_addrdie(f->dw, address, unit))
		return false;
	*line = dwarf_getsrc_die(unit, address);
	return *line != NULL;
}

/* All of a statement but its function. */
static bool row_statement(struct debug_file *f, Dwarf_Addr wanted, Dwarf_Die *unit, Dwarf_Addr *start,
			  struct cstatement *found)
{
	Dwarf_Line *line;
	int number = 0;

	if (!row_at(f, wanted, unit, &line) || dwarf_lineaddr(line, start) != 0)
		return false;
	dwarf_lineno(line, &number);
	*found = (struct cstatement){ .file = plain_path("", dwarf_linesrc(line, NULL, NULL)),
				      .line = number };
	set_place(found, f, *start);
	return true;
}

bool statement_at(struct session *s, const char *module, uint64_t address,
		  struct cstatement *found, bool *exact)
{
	struct debug_file *f = debug_file_of(s, module);
	struct described *functions = NULL;
	const struct code_range *r;
	Dwarf_Addr start, wanted = f ? dwarf_address(f, address) : 0;
	Dwarf_Die unit;

	if (!f || !row_statement(f, wanted, &unit, &start, found))
		return false;
	r = range_around(unit_code(&unit), start);
	if (r)
		found->function = describe(f, &functions, r->die);
	*exact = start == wanted;
	return true;
}

bool statement_of(struct session *s, const struct cfunction *function, struct cstatement *found)
{
	struct debug_file *f = debug_file_of(s, function->module);
	Dwarf_Addr start;
	Dwarf_Die unit;

	if (!f || !row_statement(f, dwarf_address(f, function->address), &unit, &start, found))
		return false;
	found->function = function;
	return true;
}

bool source_line_at(struct session *s, const char *module, uint64_t address, const char **file,
		    unsigned *line)
{
	struct debug_file *f = debug_file_of(s, module);
	Dwarf_Die unit;
	Dwarf_Line *row;
	int number = 0;

	if (!f || !row_at(f, dwarf_address(f, address), &unit, &row))
		return false;
	dwarf_lineno(row, &number);
	*file = plain_path("", dwarf_linesrc(row, NULL, NULL));
	*line = number;
	return true;
}

/* ---- labels ------------------------------------------------------------------------------------ */

struct label_search {
	const char *label;
	void (*visit)(const struct cstatement *st, const char *name, void *data);
	void *data;
	int visited;
};

static void visit_label(struct label_search *ls, const struct cfunction *fn, Dwarf_Die *die)
{
	struct cstatement st = { .function = fn, .file = fn->file };
	const char *name = dwarf_diename(die);
	Dwarf_Addr address;
	int line;

	if (!name || fnmatch(ls->label, name, 0) != 0 || dwarf_lowpc(die, &address) != 0)
		return;
	if (dwarf_decl_line(die, &line) == 0)
		st.line = line;
	set_place(&st, fn->data->file, address);
	ls->visited++;
	ls->visit(&st, intern(name), ls->data);
}

static void walk_labels(struct label_search *ls, const struct cfunction *fn, Dwarf_Die *parent)
{
	Dwarf_Die die;

	if (dwarf_child(parent, &die) != 0)
		return;
	do {
		if (dwarf_tag(&die) == DW_TAG_label)
			visit_label(ls, fn, &die);
		else if (dwarf_tag(&die) == DW_TAG_lexical_block)
			walk_labels(ls, fn, &die);
	} while (dwarf_siblingof(&die, &die) == 0);
}

static void labels_of(const struct cfunction *fn, void *data)
{
	Dwarf_Die die;

	if (dwarf_offdie(fn->data->file->dw, fn->data->die, &die))
		walk_labels(data, fn, &die);
}

int labels_match(struct session *s, const char *module, const struct point_pattern *pattern,
		 const char *label,
		 void (*visit)(const struct cstatement *st, const char *name, void *data), void *data)
{
	struct debug_file *f = debug_file_wanted(s, module);
	struct label_search ls = { .label = label, .visit = visit, .data = data };
	int rc;

	if (!f)
		return -ENODATA;
	rc = dwarf_functions_match(f, pattern->function, pattern->file,
				   FUNCTION_CALLS | FUNCTION_INLINES, labels_of, &ls);
	return rc < 0 ? rc : ls.visited;
}
