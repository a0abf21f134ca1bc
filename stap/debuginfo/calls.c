/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which functions a function calls.  DWARF says so where it is installed; else the code does: a
 * call or jump whose target is exactly where another function starts.  Bytes that merely
 * look like one are no harm: probes on callees ask who called them when they are hit.
 * Calls through pointers are not seen by either.
 */
#include <errno.h>
#include <fnmatch.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/intern.h"
#include "calls.h"
#include "dwarf.h"
#include "private.h"

/* The code of a caller, and what is around it. */
struct scan {
	struct session *session;
	const char *module;		/* NULL: the kernel */
	const char *pattern;
	const struct symbols *symbols;
	const struct image *image;
	uint64_t start, end;		/* addresses of the caller's own code */
	VEC(const char *) names;	/* found so far */
	VEC(const struct cfunction *) found;
};

static void add_name(struct scan *sc, const char *name)
{
	name = intern(name);
	vec_each(&sc->names, const char *, known)
		if (*known == name)
			return;
	vec_push(&sc->names, name);
}

static void add_target(struct scan *sc, uint64_t target)
{
	const struct symbol *s = symbols_at(sc->symbols, target);

	if ((target >= sc->start && target < sc->end) || !s || s->address != target)
		return;
	for (; s >= sc->symbols->all && s->address == target; s--)
		if (symbol_is_text(sc->symbols, s))
			add_name(sc, symbol_name(sc->symbols, s));
}

/* Length of an instruction that ends in a relative target of 32 bits; 0: it is another. */
static unsigned branch_length(const uint8_t *code, size_t left)
{
	if (left >= 5 && (code[0] == 0xe8 || code[0] == 0xe9))
		return 5;
	return left >= 6 && code[0] == 0x0f && (code[1] & 0xf0) == 0x80 ? 6 : 0;
}

static int32_t relative(const uint8_t *p)
{
	int32_t value;

	memcpy(&value, p, sizeof value);
	return value;
}

/* ---- the kernel: everything is linked ------------------------------------------------------ */

static void scan_linked(struct scan *sc)
{
	size_t left, length;
	const uint8_t *code = image_at(sc->image, sc->start, &left);

	left = code && left > sc->end - sc->start ? sc->end - sc->start : code ? left : 0;
	for (size_t i = 0; i < left; i++) {
		length = branch_length(code + i, left - i);
		if (length)
			add_target(sc, sc->start + i + length + (int64_t)relative(code + i + length - 4));
	}
}

/* ---- modules: relocations say what is called ------------------------------------------------ */

/* The section that a place of the file is in, and the one that relocates it. */
static bool find_sections(const struct scan *sc, GElf_Shdr *code, Elf_Data **relocations, GElf_Shdr *rela)
{
	Elf_Scn *scn = NULL;
	size_t index = 0;

	*relocations = NULL;
	while ((scn = elf_nextscn(sc->image->elf, scn))) {
		if (!gelf_getshdr(scn, code))
			continue;
		if (code->sh_flags & SHF_EXECINSTR && code->sh_offset <= sc->start &&
		    sc->start < code->sh_offset + code->sh_size) {
			index = elf_ndxscn(scn);
			break;
		}
	}
	for (scn = NULL; index && (scn = elf_nextscn(sc->image->elf, scn));)
		if (gelf_getshdr(scn, rela) && rela->sh_type == SHT_RELA && rela->sh_info == index) {
			*relocations = elf_getdata(scn, NULL);
			break;
		}
	return index != 0;
}

static void add_relocated(struct scan *sc, const GElf_Shdr *rela, const GElf_Rela *r)
{
	Elf *elf = sc->image->elf;
	Elf_Scn *table = elf_getscn(elf, rela->sh_link), *scn;
	Elf_Data *data = table ? elf_getdata(table, NULL) : NULL;
	GElf_Shdr header, section;
	const char *name;
	GElf_Sym sym;

	if (!data || !gelf_getshdr(table, &header) || !gelf_getsym(data, (int)GELF_R_SYM(r->r_info), &sym))
		return;
	if (GELF_ST_TYPE(sym.st_info) == STT_SECTION) {
		scn = elf_getscn(elf, sym.st_shndx);
		if (scn && gelf_getshdr(scn, &section) && section.sh_flags & SHF_EXECINSTR)
			add_target(sc, section.sh_offset + sym.st_value + r->r_addend + 4);
		return;
	}
	name = elf_strptr(elf, header.sh_link, sym.st_name);
	if (name && *name)
		add_name(sc, name);
}

static void scan_module(struct scan *sc)
{
	GElf_Shdr code, rela;
	Elf_Data *relocations;
	const uint8_t *text;
	size_t length;
	GElf_Rela r;

	if (!find_sections(sc, &code, &relocations, &rela))
		return;
	for (int i = 0; relocations && gelf_getrela(relocations, i, &r); i++)
		if (r.r_offset + code.sh_offset >= sc->start && r.r_offset + code.sh_offset < sc->end &&
		    (GELF_R_TYPE(r.r_info) == R_X86_64_PLT32 || GELF_R_TYPE(r.r_info) == R_X86_64_PC32))
			add_relocated(sc, &rela, &r);
	/* Calls within the section need no relocation. */
	text = sc->image->data;
	for (uint64_t i = sc->start; i < sc->end && i < code.sh_offset + code.sh_size; i++) {
		length = branch_length(text + i, sc->end - i);
		if (length && relative(text + i + length - 4))
			add_target(sc, i + length + (int64_t)relative(text + i + length - 4));
	}
}

/* ---- names to functions ------------------------------------------------------------------------ */

static void take_function(const struct cfunction *f, void *data)
{
	struct scan *sc = data;

	vec_push(&sc->found, f);
}

static void resolve_name(struct scan *sc, const char *name)
{
	const char *source = strchr(name, '.') ? intern_n(name, strcspn(name, ".")) : name;
	size_t before = sc->found.len;

	if (fnmatch(sc->pattern, source, 0) != 0 || strncmp(name, "__x86_", 6) == 0 ||
	    strncmp(name, "__SCT__", 7) == 0 || strcmp(name, "__fentry__") == 0)
		return;
	functions_match(sc->session, sc->module, source, NULL, FUNCTION_CALLS, take_function, sc);
	if (sc->found.len == before && sc->module)
		functions_match(sc->session, NULL, source, NULL, FUNCTION_CALLS, take_function, sc);
}

static int scan_code(struct scan *sc, const struct cfunction *caller, const char *path)
{
	struct csymbol symbol;
	int error;

	if (!path || !sc->symbols || !caller->symbol ||
	    !symbol_by_name(sc->session, sc->module, caller->symbol, &symbol, NULL))
		return -ENODATA;
	sc->image = image_kept(path, sc->session->cache_dir, &error);
	if (!sc->image)
		return error;
	sc->start = symbol.address;
	sc->end = symbol.address + symbol.size;
	(sc->module ? scan_module : scan_linked)(sc);
	image_forget(sc->image);
	return 0;
}

int called_functions(struct session *s, const struct cfunction *caller, const char *pattern,
		     void (*visit)(const struct cfunction *f, void *data), void *data)
{
	struct scan sc = { .session = s, .module = caller->module, .pattern = pattern };
	struct module *m = caller->module ? module_find(s, caller->module) : NULL;
	struct kernel *k = session_kernel(s);
	const struct kernel_symbols *ks = caller->module ? NULL : kernel_symbols(s);
	int result = callees_match(s, caller, pattern, visit, data);

	if (result != -ENODATA || !k)
		return result;
	sc.symbols = m ? module_symbols(s, m) : ks ? &ks->table : NULL;
	result = scan_code(&sc, caller, m ? m->path : k->image);
	if (result < 0)
		return result;
	vec_each(&sc.names, const char *, name)
		resolve_name(&sc, *name);
	vec_each(&sc.found, const struct cfunction *, f)
		visit(*f, data);
	return (int)sc.found.len;
}
