/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding the file that has the DWARF.  elfutils does most of it (build-id links,
 * .gnu_debuglink, debuginfod); added here: the kernel's places, which depend on its release, and
 * the folder layout of Debian, where the debug file of /lib/modules/X.ko is
 * /usr/lib/debug/lib/modules/X.ko.  A file of another build than the target is never used.
 */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/arena.h"
#include "../base/intern.h"
#include "debuginfod.h"
#include "dwarf_private.h"

static struct debug_file *files;	/* every one that was looked for */
static char *path;			/* debuginfo_path() */

/* ---- folders ------------------------------------------------------------------------ */

/* What elfutils takes as search path, also what SystemTap's users set. */
static char *debuginfo_path(void)
{
	if (!path) {
		const char *set = getenv("SYSTEMTAP_DEBUGINFO_PATH");

		path = arena_strdup(set ? set : "+:.debug:/usr/lib/debug");
	}
	return path;
}

/* Call `try` with each absolute folder of the path until it returns something. */
static const char *each_root(const char *(*try)(const char *root, void *data), void *data)
{
	const char *rest = debuginfo_path(), *found = NULL;

	while (*rest && !found) {
		size_t len = strcspn(rest, ":"), sign = strspn(rest, "+-");

		if (sign < len && rest[sign] == '/')
			found = try(intern_printf("%s%.*s", kernel_root(), (int)(len - sign), rest + sign), data);
		rest += len + (rest[len] == ':');
	}
	return found;
}

static const char *file_build_id(const char *path)
{
	struct image img;
	const char *id;

	if (image_open(&img, path, NULL) < 0)
		return NULL;
	id = image_build_id(&img);
	image_close(&img);
	return id;
}

/* Has it DWARF, and is it of the wanted build (NULL: any)? */
static const char *usable(const char *path, const char *build_id)
{
	struct image img;
	const char *found;
	size_t size;
	bool good;

	if (!path || access(path, R_OK) < 0 || image_open(&img, path, NULL) < 0)
		return NULL;
	found = build_id ? image_build_id(&img) : NULL;
	good = (image_section(&img, ".debug_info", &size, NULL) ||
		image_section(&img, ".zdebug_info", &size, NULL)) &&
	       (!build_id || (found && strcmp(found, build_id) == 0));
	image_close(&img);
	return good ? path : NULL;
}

/* ---- the kernel -------------------------------------------------------------------------- */

/* %s are the root and the release. */
static const char *const kernel_places[] = {
	"%s/boot/vmlinux-%s", "%s/lib/modules/%s/vmlinux", "%s/lib/modules/%s/vmlinux.debug",
	"%s/usr/lib/modules/%s/vmlinux.debug",
};

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static const char *try_kernel_root(const char *root, void *data)
{
	struct kernel *k = data;
	const char *found = NULL;

	for (size_t i = 0; i < sizeof kernel_places / sizeof *kernel_places && !found; i++)
		found = usable(arena_printf(kernel_places[i], root, k->release), k->build_id);
	if (!found && k->build_id)
		found = usable(arena_printf("%s/.build-id/%.2s/%s.debug", root, k->build_id,
					    k->build_id + 2), k->build_id);
	return found;
}
#pragma GCC diagnostic pop

static const char *find_kernel_file(struct kernel *k)
{
	const char *found = each_root(try_kernel_root, k);

	if (!found && k->build_dir)
		found = usable(arena_printf("%s/vmlinux", k->build_dir), k->build_id);
	if (!found)
		found = try_kernel_root(kernel_root(), k);
	if (!found && k->build_id)
		found = usable(debuginfod_cached(k->build_id), k->build_id);
	return found;
}

/* ---- modules and programs ------------------------------------------------------------------ */

struct wanted_debug { const char *path, *build_id; };

static const char *try_module_root(const char *root, void *data)
{
	const struct wanted_debug *w = data;
	const char *found = usable(arena_printf("%s%s", root, w->path), w->build_id);

	if (!found)
		found = usable(arena_printf("%s%s.debug", root, w->path), w->build_id);
	return found ? found : usable(arena_printf("%s/.build-id/%.2s/%s.debug", root, w->build_id,
						   w->build_id + 2), w->build_id);
}

/* Debug files are not packed, so their names end where a packed module's name goes on. */
static const char *without_packing(const char *path)
{
	const char *suffix = strstr(path, ".ko.");
	size_t root = strlen(kernel_root());

	if (strncmp(path, kernel_root(), root) == 0)
		path += root;

	return suffix ? intern_n(path, suffix + 3 - path) : path;
}

/* The debug file of a file by our own rules, NULL when there is none. */
static const char *own_debug_file(const char *file, const char *build_id)
{
	char real[PATH_MAX];
	struct wanted_debug w = { without_packing(file), build_id };
	const char *path;

	if (!build_id)
		return NULL;
	path = each_root(try_module_root, &w);
	if (!path && realpath(file, real)) {
		w.path = without_packing(real);
		path = each_root(try_module_root, &w);
	}
	return path;
}

static const struct debug_file *opening;	/* what libdwfl works for */

static int find_debuginfo(Dwfl_Module *mod, void **user, const char *name, Dwarf_Addr base,
			  const char *file, const char *link, GElf_Word crc, char **found)
{
	const char *id = opening->build_id ? opening->build_id : file ? file_build_id(file) : NULL;
	const char *path = file ? own_debug_file(file, id) : NULL;
	int fd;

	if (!path) {
		fd = dwfl_standard_find_debuginfo(mod, user, name, base, file, link, crc, found);
		if (fd >= 0 || !id)
			return fd;
		path = opening->asked ? debuginfod_find(id) : usable(debuginfod_cached(id), id);
	}
	if (!path)
		return -1;
	*found = strdup(path);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/*
 * Opening a module with libdwfl lays out and relocates it, which is not worth it when no
 * DWARF will be found.  Programs are cheap, and may have debug links.
 */
static bool worth_opening(const struct debug_file *f)
{
	if (!f->module || module_is_program(f->main_path))
		return true;
	return f->asked || own_debug_file(f->main_path, f->build_id) ||
	       (f->build_id && usable(debuginfod_cached(f->build_id), f->build_id)) ||
	       (!strstr(f->main_path, ".ko.") && usable(f->main_path, NULL));
}

static char *search_path;
static const Dwfl_Callbacks callbacks = {
	.find_elf = dwfl_build_id_find_elf,
	.find_debuginfo = find_debuginfo,
	.section_address = dwfl_offline_section_address,
	.debuginfo_path = &search_path,
};

/* ---- opening ---------------------------------------------------------------------------------- */

static bool has_functions(Dwarf *dw)
{
	Dwarf_Off next;
	size_t header;

	return dwarf_nextcu(dw, 0, &next, &header, NULL, NULL, NULL) == 0;
}

static void open_file(struct debug_file *f)
{
	const char *main_file, *debug_file;
	Dwarf_Addr bias;
	GElf_Ehdr ehdr;
	Elf *elf;

	search_path = debuginfo_path();
	opening = f;
	f->dwfl = dwfl_begin(&callbacks);
	f->mod = f->dwfl ? dwfl_report_offline(f->dwfl, f->name, f->main_path, -1) : NULL;
	if (!f->mod)
		return;
	dwfl_report_end(f->dwfl, NULL, NULL);
	elf = dwfl_module_getelf(f->mod, &bias);
	if (!elf || !gelf_getehdr(elf, &ehdr))
		return;
	f->relocatable = ehdr.e_type == ET_REL;
	f->address_size = ehdr.e_ident[EI_CLASS] == ELFCLASS32 ? 4 : 8;
	f->dw = dwfl_module_getdwarf(f->mod, &bias);
	if (f->dw && !has_functions(f->dw))
		f->dw = NULL;
	dwfl_module_info(f->mod, NULL, NULL, NULL, NULL, NULL, &main_file, &debug_file);
	f->path = intern(debug_file ? debug_file : main_file ? main_file : f->main_path);
}

/* Where to look for the DWARF of a module: the file that is run; for the kernel, the vmlinux. */
static const char *file_to_open(struct session *s, const char *module, const char **build_id)
{
	struct kernel *k;
	struct module *m;

	if (module_is_program(module))
		return module;
	k = session_kernel(s);
	if (!k)
		return NULL;
	if (module_is_kernel(module)) {
		kernel_build_id(s);
		return find_kernel_file(k);
	}
	m = module_find(s, module);
	if (m && m->path)
		*build_id = module_build_id(s, m);
	return m ? m->path : NULL;
}

static struct debug_file *locate_file(struct session *s, const char *module)
{
	const char *name = module_is_kernel(module) ? "kernel" : module;
	enum arena_area before;
	struct debug_file *f;

	HASH_FIND_STR(files, name, f);
	if (f && f->session == s && f->kernel == s->kernel)
		return f;
	if (f)		/* of another session: tests have several */
		HASH_DEL(files, f);
	before = arena_use(ARENA_LASTING);
	f = arena_new(struct debug_file);
	f->name = intern(name);
	f->module = module_is_kernel(module) ? NULL : f->name;
	if (f->module && module_find(s, module))
		f->module = module_find(s, module)->name;	/* a .ko file has a name of its own */
	f->session = s;
	f->main_path = file_to_open(s, module, &f->build_id);
	f->path = f->main_path;
	f->kernel = s->kernel;
	HASH_ADD_KEYPTR(hh, files, f->name, strlen(f->name), f);
	arena_use(before);
	return f;
}

bool debug_file_open(struct debug_file *f)
{
	if (!f->opened && f->main_path && worth_opening(f)) {
		debuginfod_hold();
		open_file(f);
		debuginfod_release();
	}
	f->opened = true;
	return f->dw != NULL;
}

struct debug_file *debug_file_of(struct session *s, const char *module)
{
	struct debug_file *f = locate_file(s, module);

	return debug_file_open(f) ? f : NULL;
}

/* Look once more, now also where it takes long. */
static bool ask_servers(struct session *s, struct debug_file *f)
{
	if (f->asked || !debuginfod_configured())
		return false;
	f->asked = true;
	if (!f->module) {
		const char *id = kernel_build_id(s);

		f->main_path = id ? debuginfod_find(id) : NULL;
	}
	if (!f->main_path)
		return false;
	dwfl_end(f->dwfl);
	f->dwfl = NULL;
	f->mod = NULL;
	f->path = f->main_path;
	f->opened = false;
	return debug_file_open(f);
}

struct debug_file *debug_file_wanted(struct session *s, const char *module)
{
	struct debug_file *f = locate_file(s, module);

	return debug_file_open(f) || ask_servers(s, f) ? f : NULL;
}

struct debug_file *kernel_debug_file(struct session *s)
{
	struct debug_file *f = locate_file(s, NULL);

	return f->main_path && (!f->opened || f->dw) ? f : NULL;
}

void debuginfo_reset(void)
{
	files = NULL;
	path = NULL;
	btf_params_reset();
	modules_reset();
}

void debuginfo_forget(void)
{
	store_forget();
}

void debug_files_visit(struct session *s, const char *module,
		       void (*visit)(struct debug_file *f, void *data), void *data)
{
	const module_vec *all;
	struct debug_file *f;

	if (!module || module_is_kernel(module) || module_is_path(module) || !is_glob(module)) {
		f = debug_file_wanted(s, module);
		if (f)
			visit(f, data);
		return;
	}
	all = modules_list(s);
	vec_each(all, struct module *, m) {
		if (fnmatch(module, (*m)->name, 0) != 0 || !(*m)->path)
			continue;
		/* a pattern is no reason to download the debug files of all modules */
		if (own_debug_file((*m)->path, module_build_id(s, *m)) &&
		    (f = debug_file_of(s, (*m)->name)))
			visit(f, data);
		module_release(*m);
	}
}

/* ---- long walks ------------------------------------------------------------------------- */

enum { UNITS_AT_ONCE = 1024 };

/* Take up the walk with a fresh Dwarf.  Relocatable files, whose sections only libdwfl relocates, are
 * small enough to do without. */
static void renew(struct long_walk *w)
{
	if (w->fd < 0 || w->file->relocatable)
		return;
	if (w->file->dw != w->own)
		dwarf_end(w->file->dw);
	w->file->dw = dwarf_begin(w->fd, DWARF_C_READ);
	if (!w->file->dw)
		w->file->dw = w->own;
	w->file->generation++;
}

static void start(struct long_walk *w)
{
	w->own = w->file->dw;
	w->fd = w->file->relocatable ? -1 : open(w->file->path, O_RDONLY | O_CLOEXEC);
}

static void stop(struct long_walk *w)
{
	if (w->file->dw != w->own)
		dwarf_end(w->file->dw);
	w->file->dw = w->own;
	w->file->generation++;
	if (w->fd >= 0)
		close(w->fd);
}

bool long_walk_next(struct long_walk *w, Dwarf_Die *unit)
{
	Dwarf_Off next;
	size_t header;

	if (!w->own)
		start(w);
	if (w->units % UNITS_AT_ONCE == 0)
		renew(w);
	w->units++;
	while (dwarf_nextcu(w->file->dw, w->at, &next, &header, NULL, NULL, NULL) == 0) {
		bool found = dwarf_offdie(w->file->dw, w->at + header, unit) != NULL;

		w->at = next;
		if (found)
			return true;
	}
	stop(w);
	return false;
}

/* ---- addresses ----------------------------------------------------------------------------------- */

/* The section of the main file that has an address (by its place in memory or in the file). */
static bool find_section(const struct debug_file *f, uint64_t address, bool in_file,
			 GElf_Shdr *shdr)
{
	Dwarf_Addr bias;
	Elf *elf = dwfl_module_getelf(f->mod, &bias);
	Elf_Scn *scn = NULL;

	while (elf && (scn = elf_nextscn(elf, scn))) {
		uint64_t start;

		if (!gelf_getshdr(scn, shdr) || !(shdr->sh_flags & SHF_ALLOC))
			continue;
		start = in_file ? shdr->sh_offset : shdr->sh_addr + bias;
		if (address >= start && address - start < shdr->sh_size) {
			shdr->sh_addr += bias;
			return true;
		}
	}
	return false;
}

bool address_is_percpu(const struct debug_file *f, Dwarf_Addr address)
{
	GElf_Shdr shdr;
	Dwarf_Addr bias;
	Elf *elf;
	const char *section;
	size_t names;

	if (!f->module)
		return kernel_address_is_percpu(f->session, address);
	elf = dwfl_module_getelf(f->mod, &bias);
	if (!find_section(f, address, false, &shdr) || elf_getshdrstrndx(elf, &names) < 0)
		return false;
	section = elf_strptr(elf, names, shdr.sh_name);
	return section && strcmp(section, ".data..percpu") == 0;
}

uint64_t public_address(const struct debug_file *f, Dwarf_Addr address)
{
	GElf_Shdr shdr;

	if (!f->relocatable || !find_section(f, address, false, &shdr))
		return address;
	return address - shdr.sh_addr + shdr.sh_offset;
}

Dwarf_Addr dwarf_address(const struct debug_file *f, uint64_t address)
{
	GElf_Shdr shdr;

	if (!f->relocatable || !find_section(f, address, true, &shdr))
		return address;
	return address - shdr.sh_offset + shdr.sh_addr;
}

/* Of several symbols at one address a global one; among the kernel's own we look ourselves. */
static const char *kernel_symbol_covering(const struct debug_file *f, Dwarf_Addr address,
					  uint64_t *offset)
{
	const struct kernel_symbols *k = kernel_symbols(f->session);
	const struct symbol *last = k ? symbols_at(&k->table, address) : NULL, *best = last;

	for (const struct symbol *s = last; s && s >= k->table.all && s->address == last->address; s--)
		if (strchr("TDBRW", symbol_letter(&k->table, s)))
			best = s;
	if (!best)
		return NULL;
	*offset = address - best->address;
	return intern(symbol_name(&k->table, best));
}

const char *symbol_covering(const struct debug_file *f, Dwarf_Addr address, uint64_t *offset)
{
	Dwarf_Addr bias = 0;
	GElf_Sym sym;
	const char *name;

	if (!f->module)
		return kernel_symbol_covering(f, address, offset);
	dwfl_module_getdwarf(f->mod, &bias);
	name = dwfl_module_addrinfo(f->mod, address + bias, offset, &sym, NULL, NULL, NULL);
	return name ? intern(name) : NULL;
}

/* ---- addresses by symbols ------------------------------------------------------------------------ */

static struct location_node *symbol_node(const struct debug_file *f, const char *symbol, uint64_t offset)
{
	struct location_node *n = arena_new(struct location_node);

	n->op = LOC_SYMBOL;
	n->symbol = symbol;
	n->module = f->module;
	n->value = (int64_t)offset;
	return n;
}

/* All of the kernel moves as one, and so do all per-cpu variables: any of them will do. */
static struct location_node *from_landmark(const struct debug_file *f, Dwarf_Addr address, bool is_percpu)
{
	const char *landmark = is_percpu ? "this_cpu_off" : "_stext";
	struct csymbol symbol;

	if (f->module || !symbol_by_name(f->session, NULL, landmark, &symbol, NULL))
		return NULL;
	return symbol_node(f, symbol.name, address - symbol.address);
}

const struct location_node *symbolic_address(const struct debug_file *f, Dwarf_Addr address)
{
	bool is_percpu = address_is_percpu(f, address);
	uint64_t offset = 0;
	const char *symbol = symbol_covering(f, address, &offset);
	struct location_node *n;
	struct csymbol first;
	unsigned twins = 1;

	if (symbol && !module_is_program(f->module))
		symbol_by_name(f->session, f->module, symbol, &first, &twins);
	n = symbol && twins == 1 ? symbol_node(f, symbol, offset) : from_landmark(f, address, is_percpu);
	if (n)
		n->is_percpu = is_percpu;
	return n;
}
