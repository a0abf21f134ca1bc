/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of source files.  libdw gives them only together with the whole line table of
 * a unit, which is far too much for the thousands of units of a kernel; the header
 * of a line table has them and is short.
 */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/intern.h"
#include "dwarf_private.h"

/* A place in a section, that never runs past the end. */
struct reader {
	const uint8_t *p, *end;
	bool failed;
	bool wide;			/* 64-bit DWARF */
};

static uint64_t fixed(struct reader *r, unsigned size)
{
	uint64_t value = 0;

	if ((size_t)(r->end - r->p) < size) {
		r->failed = true;
		return 0;
	}
	memcpy(&value, r->p, size);
	r->p += size;
	return value;
}

static uint64_t uleb(struct reader *r)
{
	uint64_t value = 0;

	for (unsigned shift = 0; r->p < r->end; shift += 7) {
		uint8_t byte = *r->p++;

		if (shift < 64)
			value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return value;
	}
	r->failed = true;
	return 0;
}

static const char *text(struct reader *r)
{
	const char *start = (const char *)r->p;
	const uint8_t *end = memchr(r->p, '\0', r->end - r->p);

	if (!end) {
		r->failed = true;
		return "";
	}
	r->p = end + 1;
	return start;
}

/* ---- sections -------------------------------------------------------------------------- */

static Elf_Data *section(Dwarf *dw, const char *name)
{
	Elf *elf = dwarf_getelf(dw);
	Elf_Scn *scn = NULL;
	size_t names;
	GElf_Shdr shdr;

	if (elf_getshdrstrndx(elf, &names) < 0)
		return NULL;
	while ((scn = elf_nextscn(elf, scn))) {
		const char *found = gelf_getshdr(scn, &shdr) ?
				    elf_strptr(elf, names, shdr.sh_name) : NULL;

		if (found && strcmp(found, name) == 0)
			return elf_getdata(scn, NULL);
	}
	return NULL;
}

/* The sections are those of the Dwarf at hand, which long walks exchange. */
static const struct line_sections *sections(struct debug_file *f)
{
	struct line_sections *l = &f->line_sections;

	if (l->dw != f->dw || l->generation != f->generation) {
		l->dw = f->dw;
		l->generation = f->generation;
		l->line = section(f->dw, ".debug_line");
		l->line_str = section(f->dw, ".debug_line_str");
		l->str = section(f->dw, ".debug_str");
	}
	return l;
}

static const char *text_at(const Elf_Data *data, uint64_t offset)
{
	if (!data || offset >= data->d_size ||
	    !memchr((char *)data->d_buf + offset, '\0', data->d_size - offset))
		return "";
	return (char *)data->d_buf + offset;
}

/* ---- DWARF 5 tables ----------------------------------------------------------------------- */

/* Read a value of a form; its text, or its number in *number. */
static const char *form_value(struct reader *r, const struct line_sections *l, uint64_t form,
			      uint64_t *number)
{
	switch (form) {
	case DW_FORM_string:
		return text(r);
	case DW_FORM_line_strp:
		return text_at(l->line_str, fixed(r, r->wide ? 8 : 4));
	case DW_FORM_strp:
		return text_at(l->str, fixed(r, r->wide ? 8 : 4));
	case DW_FORM_data1:
		*number = fixed(r, 1);
		return NULL;
	case DW_FORM_data2:
		*number = fixed(r, 2);
		return NULL;
	case DW_FORM_data4:
		*number = fixed(r, 4);
		return NULL;
	case DW_FORM_data8:
		*number = fixed(r, 8);
		return NULL;
	case DW_FORM_udata:
		*number = uleb(r);
		return NULL;
	case DW_FORM_data16:
		fixed(r, 8);
		fixed(r, 8);
		return NULL;
	case DW_FORM_block:
		*number = uleb(r);
		if (*number > (size_t)(r->end - r->p))
			r->failed = true;
		else
			r->p += *number;
		return NULL;
	default:
		r->failed = true;
		return NULL;
	}
}

struct file_entry { const char *name; uint64_t dir; };
typedef VEC(struct file_entry) entry_vec;

static void read_entries(struct reader *r, const struct line_sections *l, entry_vec *out)
{
	struct { uint64_t content, form; } formats[16];
	unsigned kinds = fixed(r, 1);
	uint64_t count;

	if (kinds > sizeof formats / sizeof *formats)
		r->failed = true;
	for (unsigned i = 0; i < kinds && !r->failed; i++) {
		formats[i].content = uleb(r);
		formats[i].form = uleb(r);
	}
	count = uleb(r);
	for (uint64_t i = 0; i < count && !r->failed; i++) {
		struct file_entry e = { "", 0 };

		for (unsigned k = 0; k < kinds; k++) {
			uint64_t number = 0;
			const char *value = form_value(r, l, formats[k].form, &number);

			if (formats[k].content == DW_LNCT_path && value)
				e.name = value;
			else if (formats[k].content == DW_LNCT_directory_index)
				e.dir = number;
		}
		vec_push(out, e);
	}
}

/* Before DWARF 5: texts ended by an empty one, directory 0 and file 0 are not in the tables. */
static void read_old_tables(struct reader *r, entry_vec *dirs, entry_vec *files, const char *dir)
{
	struct file_entry e = { dir, 0 };

	vec_push(dirs, e);
	while (!r->failed && *(e.name = text(r)))
		vec_push(dirs, e);
	e.name = "";
	vec_push(files, e);
	while (!r->failed && *(e.name = text(r))) {
		e.dir = uleb(r);
		uleb(r);
		uleb(r);
		vec_push(files, e);
	}
}

/* From the start of a unit's table to its directories; the version, 0 when damaged. */
static unsigned skip_header(struct reader *r)
{
	uint64_t length = fixed(r, 4);
	unsigned version, opcode_base;

	r->wide = length == 0xffffffff;
	if (r->wide)
		length = fixed(r, 8);
	if (length > (size_t)(r->end - r->p))
		return 0;
	r->end = r->p + length;
	version = fixed(r, 2);
	if (version >= 5)
		fixed(r, 2);		/* address and segment sizes */
	fixed(r, r->wide ? 8 : 4);	/* header length */
	fixed(r, version >= 4 ? 5 : 4);	/* instruction and line parameters */
	opcode_base = fixed(r, 1);
	for (unsigned i = 1; i < opcode_base; i++)
		fixed(r, 1);
	return r->failed || version < 2 || version > 5 ? 0 : version;
}

/* ---- plain paths --------------------------------------------------------------------------- */

/* Append the components of a path to `out`, dropping "." and stepping back for "..". */
static size_t append_path(char *out, size_t len, const char *path)
{
	while (*path) {
		size_t n = strcspn(path, "/");

		if (n == 2 && memcmp(path, "..", 2) == 0 && len > 0) {
			while (len > 0 && out[--len] != '/')
				;
		} else if (n && !(n == 1 && *path == '.') &&
			   !(n == 2 && memcmp(path, "..", 2) == 0)) {
			if (len)
				out[len++] = '/';
			memcpy(out + len, path, n);
			len += n;
		}
		path += n;
		path += strspn(path, "/");
	}
	return len;
}

const char *plain_path(const char *dir, const char *name)
{
	bool absolute = *name == '/' || *dir == '/';
	char *out = alloca(strlen(dir) + strlen(name) + 3);
	size_t len = 0;

	if (*name != '/')
		len = append_path(out, len, dir);
	len = append_path(out, len, name);
	return absolute ? intern_printf("/%.*s", (int)len, out) : intern_n(out, len);
}

bool path_matches(const char *path, const char *glob)
{
	const char *p = path;

	if (*glob == '/')
		return fnmatch(glob, path, 0) == 0;
	/* an implicit * / in front: try at each start of a component */
	for (;;) {
		if (fnmatch(glob, p, 0) == 0)
			return true;
		p = strchr(p, '/');
		if (!p)
			return false;
		p++;
	}
}

/* ---- the files of a unit ------------------------------------------------------------------------ */

static bool line_table_of(Dwarf_Die *unit, const Elf_Data *data, struct reader *r)
{
	Dwarf_Attribute a;
	Dwarf_Word offset;

	if (!dwarf_attr(unit, DW_AT_stmt_list, &a) || dwarf_formudata(&a, &offset) != 0 ||
	    !data || offset >= data->d_size)
		return false;
	*r = (struct reader){ .p = (uint8_t *)data->d_buf + offset,
			      .end = (uint8_t *)data->d_buf + data->d_size };
	return true;
}

/* A relative directory is the build's; showing it would hide the source's own path. */
static const char *shown_dir(const entry_vec *dirs, uint64_t i)
{
	if (i == 0 || i >= dirs->len)
		return "";
	return dirs->data[i].name;
}

size_t unit_files(struct debug_file *f, Dwarf_Die *unit, const char ***names)
{
	static entry_vec dirs, entries;		/* their storage serves unit after unit */
	static VEC(const char *) out;
	const struct line_sections *l = sections(f);
	struct reader r;
	unsigned version;

	dirs.len = entries.len = out.len = 0;
	if (!line_table_of(unit, l->line, &r))
		return 0;
	version = skip_header(&r);
	if (version >= 5) {
		read_entries(&r, l, &dirs);
		read_entries(&r, l, &entries);
	} else if (version) {
		read_old_tables(&r, &dirs, &entries, "");
	}
	vec_each(&entries, struct file_entry, e)
		vec_push(&out, plain_path(shown_dir(&dirs, e->dir), e->name));
	*names = out.data;
	return out.len;
}
