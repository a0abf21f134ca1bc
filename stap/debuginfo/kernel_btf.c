/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where BTF comes from: the running kernel publishes its own and its modules'; any
 * other kernel has it inside its image, a module in its file.  What is read once is kept in the
 * store under the identity of where it came from.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/arena.h"
#include "../base/file.h"
#include "../base/intern.h"
#include "private.h"

static const char sysfs_btf[] = "/sys/kernel/btf";

/*
 * Read the kernel's raw BTF, index it and keep it.  Returns the stored blob if that
 * worked (then `data` is no longer used, *stored is true), else one that points into `data`.
 */
static struct btf_blob *learn(struct session *s, const char *key, const void *data, size_t size,
			      const char *build_id, bool *stored, const char **why)
{
	struct btf_blob *b = btf_open(data, size, NULL, why);
	struct store st = { 0 };

	*stored = false;
	if (!b)
		return NULL;
	btf_index(b);
	btf_to_store(b, &st);
	st.part[BTF_PART_RAW] = (struct store_part){ data, size };
	if (build_id)
		st.part[BTF_PART_BUILD_ID] =
			(struct store_part){ build_id, strlen(build_id) + 1 };
	if (store_save(&st, s->cache_dir, "kernel", key) == 0 &&
	    store_load(&st, s->cache_dir, "kernel", key)) {
		*stored = true;
		btf_close(b);
		return btf_from_store(&st);
	}
	return b;
}

static struct btf_blob *from_store(struct session *s, struct kernel *k, const char *key)
{
	struct store st;

	if (!store_load(&st, s->cache_dir, "kernel", key))
		return NULL;
	if (!k->build_id && st.part[BTF_PART_BUILD_ID].data)
		k->build_id = intern(st.part[BTF_PART_BUILD_ID].data);
	return btf_from_store(&st);
}

static struct btf_blob *from_sysfs(struct session *s, struct kernel *k)
{
	const char *path = arena_printf("%s/vmlinux", sysfs_btf), *why;
	const char *key = arena_printf("running %s %s", k->release,
				       k->build_id ? k->build_id : "");
	struct btf_blob *b = k->build_id ? from_store(s, k, key) : NULL;
	size_t size;
	char *data;
	bool stored;

	if (b)
		return b;
	data = file_text(path, &size);
	if (!data)
		return NULL;
	b = learn(s, key, data, size, k->build_id, &stored, &why);
	if (!b)
		k->data->btf_why = arena_printf("%s: %s", path, why);
	if (!b || stored)
		free(data);
	return b;
}

static const char *open_failure(const char *path, int rc)
{
	if (rc == -ENOEXEC || rc == -ENOTSUP)
		return arena_printf("no kernel could be found inside %s", path);
	return arena_printf("cannot read %s: %s", path, error_text(rc));
}

static struct btf_blob *from_image(struct session *s, struct kernel *k)
{
	const char *key = store_file_key(k->image), *why = NULL;
	struct btf_blob *b = from_store(s, k, key);
	struct image img;
	const void *data;
	size_t size;
	bool stored = true;
	int rc;

	if (b)
		return b;
	rc = image_open(&img, k->image, s->cache_dir);
	if (rc < 0) {
		k->data->btf_why = open_failure(k->image, rc);
		return NULL;
	}
	if (!k->build_id)
		k->build_id = image_build_id(&img);
	data = image_section(&img, ".BTF", &size, NULL);
	if (data)
		b = learn(s, key, data, size, k->build_id, &stored, &why);
	if (stored)
		image_forget(&img);
	kernel_symbols_learn(s, &img, b, key);	/* while it is open: unpacking it is dear */
	if (!b)
		k->data->btf_why = arena_printf("%s: %s", k->image, why ? why :
			"it was built without CONFIG_DEBUG_INFO_BTF");
	if (!b || stored)
		image_close(&img);
	return b;
}

static struct btf_blob *load(struct session *s, struct kernel *k)
{
	struct btf_blob *b = k->running ? from_sysfs(s, k) : NULL;

	if (!b && k->image)
		b = from_image(s, k);
	if (!b && !k->data->btf_why)
		k->data->btf_why = arena_printf("neither %s/vmlinux (of the running kernel) nor "
						"an image like /boot/vmlinuz-%s is there",
						sysfs_btf, k->release);
	return b;
}

struct btf_blob *kernel_btf(struct session *s)
{
	struct kernel *k = session_kernel(s);

	if (!k)
		return NULL;
	if (!k->data->btf_tried) {
		k->data->btf_tried = true;
		k->data->btf = load(s, k);
	}
	return k->data->btf;
}

const char *kernel_build_id(struct session *s)
{
	struct kernel *k = session_kernel(s);

	if (k && !k->build_id)
		kernel_btf(s);
	return k ? k->build_id : NULL;
}
