/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is read from the file of a module: its BTF and its symbols.  A plain .ko file is
 * mapped and read in place; unpacking one takes long, so what was learnt from a packed one
 * goes to the store.  A running kernel publishes the BTF of its modules itself.
 */
#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"
#include "private.h"

/* Store parts; symbols take the first ones. */
enum { PART_BUILD_ID = STORE_PARTS - 3, PART_BTF, PART_BTF_BASE };

struct module_file {
	struct image image;		/* not open when all is from the store */
	struct store store;
	const void *btf, *btf_base;
	size_t btf_size, btf_base_size;
	void *published;		/* BTF that the running kernel told */
};

/* ---- the file -------------------------------------------------------------------- */

static bool is_packed(const char *path)
{
	const char *suffix = strstr(path, ".ko");

	return suffix && suffix[3] == '.';
}

static void set_btf(struct module_file *f)
{
	f->btf = f->store.part[PART_BTF].data;
	f->btf_size = f->store.part[PART_BTF].size;
	f->btf_base = f->store.part[PART_BTF_BASE].data;
	f->btf_base_size = f->store.part[PART_BTF_BASE].size;
}

static void read_btf(struct module_file *f)
{
	struct store_part *p = f->store.part;

	p[PART_BTF].data = image_section(&f->image, ".BTF", &p[PART_BTF].size, NULL);
	p[PART_BTF_BASE].data = image_section(&f->image, ".BTF.base", &p[PART_BTF_BASE].size, NULL);
	set_btf(f);
}

/* Keep BTF and symbols of the open image; when that works the image is no longer needed. */
static void keep(struct session *s, struct module_file *f, const char *key)
{
	struct symbols_builder w = { 0 };
	struct symbols symbols = { 0 };
	const char *build_id = image_build_id(&f->image);

	if (build_id)
		f->store.part[PART_BUILD_ID] = (struct store_part){ build_id, strlen(build_id) + 1 };
	if (!symbols_from_elf(&w, &f->image) || !symbols_finish(&w, &symbols))
		return;
	symbols_to_store(&symbols, &f->store);
	if (store_save(&f->store, s->cache_dir, "module", key) == 0 &&
	    store_load(&f->store, s->cache_dir, "module", key)) {
		image_close(&f->image);
		set_btf(f);
	} else {
		memset(f->store.part, 0, PART_BTF * sizeof *f->store.part);
	}
	symbols_release(&symbols);
}

static struct module_file *open_file(struct session *s, struct module *m)
{
	const char *key = m->path && is_packed(m->path) ? store_file_key(m->path) : NULL;
	struct module_file *f = m->file;

	if (f) {
		image_wake(&f->image);
		return f;
	}
	f = m->file = calloc(1, sizeof *f);
	if (!f)
		BUG("out of memory");
	if (key && store_load(&f->store, s->cache_dir, "module", key)) {
		set_btf(f);
	} else if (m->path && image_open(&f->image, m->path, s->cache_dir) == 0) {
		read_btf(f);
		if (key)
			keep(s, f, key);
	}
	return f;
}

const char *module_build_id(struct session *s, struct module *m)
{
	struct module_file *f = open_file(s, m);

	if (f->store.part[PART_BUILD_ID].data)
		return f->store.part[PART_BUILD_ID].data;
	return f->image.elf ? image_build_id(&f->image) : NULL;
}

/* ---- BTF ---------------------------------------------------------------------------- */

static struct btf_blob *published_btf(struct module_file *f, struct btf_blob *base,
				      const struct module *m)
{
	const char *why;
	size_t size;
	struct btf_blob *b;

	f->published = file_text(arena_printf("/sys/kernel/btf/%s", m->name), &size);
	b = f->published ? btf_open(f->published, size, base, &why) : NULL;
	if (!b) {
		free(f->published);
		f->published = NULL;
	}
	return b;
}

/*
 * Modules built outside of the kernel's tree bring along the part of the kernel's types that
 * they refer to, because ids in the kernel's own BTF change with each build.
 */
static struct btf_blob *base_for(const struct module_file *f, struct btf_blob *kernel)
{
	const char *why;
	struct btf_blob *base = f->btf_base ?
				btf_open(f->btf_base, f->btf_base_size, NULL, &why) : NULL;

	if (!base)
		return kernel;
	base->full = kernel;
	return base;
}

struct btf_blob *module_btf(struct session *s, struct module *m)
{
	struct btf_blob *kernel = m->path && module_is_program(m->path) ? NULL : kernel_btf(s);
	struct module_file *f;
	const char *why;

	if (!kernel || m->btf_tried)
		return m->btf;
	m->btf_tried = true;
	f = open_file(s, m);
	if (session_kernel(s)->running)
		m->btf = published_btf(f, kernel, m);
	if (!m->btf && f->btf)
		m->btf = btf_open(f->btf, f->btf_size, base_for(f, kernel), &why);
	if (m->btf)
		m->btf->module = m->name;
	return m->btf;
}

/* ---- symbols -------------------------------------------------------------------------- */

const struct symbols *module_symbols(struct session *s, struct module *m)
{
	struct module_file *f;
	struct symbols_builder w = { 0 };

	if (m->symbols_tried)
		return m->symbols.count ? &m->symbols : NULL;
	m->symbols_tried = true;
	f = open_file(s, m);
	if (!symbols_from_store(&m->symbols, &f->store) && f->image.elf &&
	    symbols_from_elf(&w, &f->image))
		symbols_finish(&w, &m->symbols);
	return m->symbols.count ? &m->symbols : NULL;
}

/* ---- letting go ------------------------------------------------------------------------- */

static void release_symbols(struct module *m, const struct module_file *f)
{
	if (f->store.part[SYMBOLS_PART_ALL].data)
		memset(&m->symbols, 0, sizeof m->symbols);
	else
		symbols_release(&m->symbols);
	m->symbols_tried = false;
}

/* Types that were made refer to the BTF: it stays, but not in memory. */
void module_release(struct module *m)
{
	struct module_file *f = m->file;

	if (!f)
		return;
	release_symbols(m, f);
	if (m->btf && m->btf->pinned) {
		btf_rest(m->btf);
		image_rest(&f->image);
		return;
	}
	if (m->btf)
		btf_close(m->btf);
	image_close(&f->image);
	free(f->published);
	free(f);
	m->file = NULL;
	m->btf = NULL;
	m->btf_tried = false;
}
