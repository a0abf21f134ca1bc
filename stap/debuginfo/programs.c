/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Symbols of programs and shared libraries (-d FILE, --ldd, -c COMMAND), for scripts that show
 * user addresses: elfutils reads the symbol table, that of a separate debug file where one is
 * installed, or the compressed one of .gnu_debugdata.  Libraries are found as ld.so does by default: by
 * DT_NEEDED in the folders of /etc/ld.so.conf and the standard ones.
 */
#include "programs.h"

#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <gelf.h>
#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/arena.h"
#include "../base/file.h"
#include "../base/intern.h"

/* ---- symbols ------------------------------------------------------------------------------- */

static char *search_path;
static const Dwfl_Callbacks callbacks = {
	.find_elf = dwfl_build_id_find_elf,
	.find_debuginfo = dwfl_standard_find_debuginfo,
	.section_address = dwfl_offline_section_address,
	.debuginfo_path = &search_path,
};

/* Offset in the file of an address as linked. */
static bool file_offset(Elf *elf, uint64_t address, uint64_t *offset)
{
	size_t count;
	GElf_Phdr segment;

	if (elf_getphdrnum(elf, &count) < 0)
		return false;
	for (size_t i = 0; i < count; i++)
		if (gelf_getphdr(elf, (int)i, &segment) && segment.p_type == PT_LOAD &&
		    address - segment.p_vaddr < segment.p_filesz) {
			*offset = address - segment.p_vaddr + segment.p_offset;
			return true;
		}
	return false;
}

static bool is_code(const GElf_Sym *symbol)
{
	int type = GELF_ST_TYPE(symbol->st_info);

	return (type == STT_FUNC || type == STT_GNU_IFUNC) && symbol->st_value;
}

/* Of several names of an address the one that people know comes first: write, not __GI___libc_write. */
static int compare_symbols(const void *a, const void *b)
{
	const struct program_symbol *x = a, *y = b;
	size_t x_marks = strspn(x->name, "_"), y_marks = strspn(y->name, "_");

	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	if (x->local != y->local)
		return x->local ? 1 : -1;
	if (x_marks != y_marks)
		return x_marks < y_marks ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void drop_twins(struct program_file *file)
{
	size_t kept = 0;

	qsort(file->symbols.data, file->symbols.len, sizeof *file->symbols.data, compare_symbols);
	for (size_t i = 0; i < file->symbols.len; i++)
		if (!kept || file->symbols.data[kept - 1].offset != file->symbols.data[i].offset)
			file->symbols.data[kept++] = file->symbols.data[i];
	file->symbols.len = kept;
}

/* Names without the versions that symbol tables put behind them: memcpy@@GLIBC_2.14. */
static void add_symbols(struct program_file *file, Dwfl_Module *mod)
{
	GElf_Addr bias;
	Elf *elf = dwfl_module_getelf(mod, &bias);
	int count = elf ? dwfl_module_getsymtab(mod) : 0;

	for (int i = 1; i < count; i++) {
		GElf_Addr address;
		uint64_t offset;
		GElf_Sym symbol;
		const char *name = dwfl_module_getsym_info(mod, i, &symbol, &address, NULL, NULL, NULL);

		if (name && *name && is_code(&symbol) && file_offset(elf, address - bias, &offset) &&
		    offset <= UINT32_MAX)
			vec_push(&file->symbols,
				 ((struct program_symbol){ intern_n(name, strcspn(name, "@")), (uint32_t)offset, (uint32_t)symbol.st_size,
							   GELF_ST_BIND(symbol.st_info) == STB_LOCAL }));
	}
	drop_twins(file);
}

Dwfl_Module *program_open(const char *path, Dwfl **dwfl)
{
	Dwfl_Module *mod;

	*dwfl = dwfl_begin(&callbacks);
	mod = *dwfl ? dwfl_report_offline(*dwfl, "", path, -1) : NULL;
	if (mod)
		dwfl_report_end(*dwfl, NULL, NULL);
	return mod;
}

static bool read_symbols(struct program_file *file)
{
	Dwfl *dwfl;
	Dwfl_Module *mod = program_open(file->path, &dwfl);

	if (mod)
		add_symbols(file, mod);
	dwfl_end(dwfl);
	return mod != NULL;
}

/* ---- libraries --------------------------------------------------------------------------------- */

typedef VEC(const char *) path_vec;

static void add_folder(path_vec *folders, const char *path)
{
	for (size_t i = 0; i < folders->len; i++)
		if (strcmp(folders->data[i], path) == 0)
			return;
	vec_push(folders, path);
}

static void read_loader_config(path_vec *folders, const char *pattern)
{
	glob_t found;
	char *text;

	if (glob(pattern, 0, NULL, &found))
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		if (file_read(found.gl_pathv[i], &text, NULL))
			continue;
		for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
			if (*line == '/')
				add_folder(folders, arena_strndup(line, strcspn(line, " \t#")));
	}
	globfree(&found);
}

static const path_vec *library_folders(void)
{
	static const char *const standard[] = { "/lib64", "/usr/lib64", "/lib", "/usr/lib" };
	static path_vec folders;

	if (folders.len)
		return &folders;
	read_loader_config(&folders, "/etc/ld.so.conf");
	read_loader_config(&folders, "/etc/ld.so.conf.d/*.conf");
	for (size_t i = 0; i < sizeof standard / sizeof *standard; i++)
		add_folder(&folders, standard[i]);
	return &folders;
}

static const char *find_library(const char *name)
{
	const path_vec *folders = library_folders();

	for (size_t i = 0; i < folders->len; i++) {
		const char *path = arena_printf("%s/%s", folders->data[i], name);

		if (file_exists(path))
			return path;
	}
	return NULL;
}

static void add_needed(Elf *elf, Elf_Scn *scn, const GElf_Shdr *shdr, path_vec *paths)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	GElf_Dyn dyn;

	for (int i = 0; data && gelf_getdyn(data, i, &dyn) && dyn.d_tag != DT_NULL; i++) {
		const char *name = dyn.d_tag == DT_NEEDED ? elf_strptr(elf, shdr->sh_link, dyn.d_un.d_val) : NULL;
		const char *path = name ? find_library(name) : NULL;

		if (path)
			vec_push(paths, path);
	}
}

/* The libraries that a file names, the loader among them. */
static void needed_files(const char *path, path_vec *paths)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	Elf *elf = fd < 0 ? NULL : elf_begin(fd, ELF_C_READ_MMAP, NULL);
	Elf_Scn *scn = NULL;
	GElf_Shdr shdr;

	while (elf && (scn = elf_nextscn(elf, scn)))
		if (gelf_getshdr(scn, &shdr) && shdr.sh_type == SHT_DYNAMIC)
			add_needed(elf, scn, &shdr, paths);
	elf_end(elf);
	if (fd >= 0)
		close(fd);
}

/* ---- what others call -------------------------------------------------------------------------- */

static bool is_there(const program_file_vec *files, const char *path)
{
	for (size_t i = 0; i < files->len; i++)
		if (strcmp(files->data[i].path, path) == 0)
			return true;
	return false;
}

bool programs_add(program_file_vec *files, const char *path, bool libraries)
{
	struct program_file file = {0};
	char real[PATH_MAX];
	struct stat info;
	path_vec needed = {0};

	if (!realpath(path, real) || stat(real, &info) < 0)
		return false;
	if (is_there(files, real))
		return true;
	elf_version(EV_CURRENT);
	file.path = arena_strdup(real);
	file.file_size = (uint64_t)info.st_size;
	if (!S_ISREG(info.st_mode) || !read_symbols(&file))
		return false;
	vec_push(files, file);
	if (libraries)
		needed_files(real, &needed);
	for (size_t i = 0; i < needed.len; i++)
		programs_add(files, needed.data[i], true);
	return true;
}

const char *program_of_command(const char *command)
{
	size_t length = strcspn(command, " \t");
	const char *name = arena_strndup(command, length), *folders = getenv("PATH");

	if (strchr(name, '/'))
		return name;
	while (folders && *folders) {
		size_t n = strcspn(folders, ":");
		const char *path = arena_printf("%.*s/%s", (int)n, folders, name);

		if (access(path, X_OK) == 0)
			return path;
		folders += n + (folders[n] == ':');
	}
	return NULL;
}

const char *program_of_process(int pid)
{
	char real[PATH_MAX];

	return realpath(arena_printf("/proc/%d/exe", pid), real) ? arena_strdup(real) : NULL;
}
