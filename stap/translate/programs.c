/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tables of user symbols, for scripts that show user addresses, and of user frames, for those that walk
 * programs' stacks: of the files that -d names, with --ldd of their libraries, of the program that -c runs and of the process
 * of -x.  A name is an offset in one text, so that the table needs no relocations.
 */
#include "unit.h"

#include <string.h>

#include "../debuginfo/programs.h"

static void add_symbols(struct strbuf *sb, const struct program_file *file, size_t number)
{
	size_t at = 0;

	strbuf_addf(sb, "static const char program_%zu_names[] =\n", number);
	for (size_t i = 0; i < file->symbols.len; i++)
		strbuf_addf(sb, "\t%s \"\\0\"\n",
			    c_string(file->symbols.data[i].name, strlen(file->symbols.data[i].name), SIZE_MAX));
	strbuf_addf(sb, "\t\"\";\nstatic const struct script_program_symbol program_%zu_symbols[] = {\n", number);
	for (size_t i = 0; i < file->symbols.len; i++) {
		const struct program_symbol *symbol = &file->symbols.data[i];

		strbuf_addf(sb, "\t{ %#x, %u, %zu },\n", symbol->offset, symbol->size, at);
		at += strlen(symbol->name) + 1;
	}
	strbuf_addf(sb, "%s};\n\n", file->symbols.len ? "" : "\t{ 0, 0, 0 },\n");
}

static void add_frames(struct strbuf *sb, const struct program_file *file, size_t number)
{
	static const char *const rules[] = {
		[FRAME_UNKNOWN] = "UNKNOWN", [FRAME_OUTERMOST] = "OUTERMOST", [FRAME_FROM_SP] = "FROM_SP",
		[FRAME_FROM_BP] = "FROM_BP", [FRAME_JUMP_TABLE] = "JUMP_TABLE", [FRAME_SIGNAL] = "SIGNAL",
	};

	if (!file->frames.len)
		return;
	strbuf_addf(sb, "static const struct user_frame program_%zu_frames[] = {\n", number);
	vec_each(&file->frames, const struct user_frame, f)
		strbuf_addf(sb, "\t{ %#x, %d, %d, FRAME_%s },\n", f->offset, f->end, f->saved_bp, rules[f->rule]);
	strbuf_add(sb, "};\n\n");
}

static void add_row(struct strbuf *sb, const struct program_file *file, size_t number)
{
	strbuf_addf(sb, "\t{ .path = %s, .file_size = %lluULL,\n\t  .symbols = program_%zu_symbols, .names = program_%zu_names,"
		    " .count = %u", c_string(file->path, strlen(file->path), SIZE_MAX),
		    (unsigned long long)file->file_size, number, number, file->symbols.len);
	if (file->frames.len)
		strbuf_addf(sb, ",\n\t  .frames = program_%zu_frames, .frame_count = %u", number, file->frames.len);
	strbuf_add(sb, " },\n");
}

static void collect(const struct unit *u, program_file_vec *files)
{
	const struct options *o = &u->session->options;
	const char *program = o->command ? program_of_command(o->command)
			    : o->target_pid && !o->vm ? program_of_process(o->target_pid) : NULL;

	for (size_t i = 0; i < o->symbol_modules.len; i++)
		if (strchr(o->symbol_modules.data[i], '/') &&
		    !programs_add(files, o->symbol_modules.data[i], o->library_symbols))
			diag_report(DIAG_usage, NULL, "-d %s: not an ELF file", o->symbol_modules.data[i]);
	if (program)
		programs_add(files, program, true);
	for (size_t i = 0; i < files->len; i++) {
		session_depends_on(u->session, files->data[i].path);
		if (u->walks_programs)
			program_read_frames(&files->data[i]);
	}
}

void programs_table(const struct unit *u, struct strbuf *sb)
{
	program_file_vec files = {0};

	if (u->session->options.runtime == RUNTIME_USER)
		return;
	if (u->shows_programs || u->walks_programs)
		collect(u, &files);
	for (size_t i = 0; i < files.len; i++) {
		add_symbols(sb, &files.data[i], i);
		add_frames(sb, &files.data[i], i);
	}
	strbuf_add(sb, "const struct script_program script_programs[] = {\n");
	for (size_t i = 0; i < files.len; i++)
		add_row(sb, &files.data[i], i);
	if (!files.len)
		strbuf_add(sb, "\t{ .count = 0 },\n");
	strbuf_addf(sb, "};\nconst unsigned script_program_count = %u;\n\n", files.len);
}
