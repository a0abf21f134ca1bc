/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * BTF: a small blob made with libbpf, so that two independent writings of the format
 * meet; damaged blobs and cache entries; and the kernel installed here.
 */
#include <bpf/btf.h>
#include <errno.h>
#include <lz4.h>
#include <lzma.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/nearest.h"
#include "debuginfo/btf.h"
#include "debuginfo/dwarf.h"
#include "debuginfo/image.h"
#include "debuginfo/store.h"
#include "session.h"

static const char release[] = "6.1.0-56-cloud-amd64";
static struct session session;
static char cache_dir[] = "/tmp/test_btf-XXXXXX";

/* The real one is in session.c with the command line behind it. */
struct kernel *session_kernel(struct session *s)
{
	const char *why;

	if (!s->kernel)
		s->kernel = kernel_open(release, &why);
	return s->kernel;
}

/* ---- a blob of our own -------------------------------------------------------- */

static struct btf *made;
static struct btf_blob *small;

/*
 *	enum colour { RED = 1, BLUE = -2 };
 *	struct point { int x; unsigned a:3, b:9; union { long l; struct point *next; }; };
 *	typedef struct point const point_t;
 *	int walk(point_t *p, char (*)[4], int (*)(int, ...));
 */
static void make_small(void)
{
	int i, u, l, c, point, pp, anon, ct, td, ptd, arr, parr, fn, pfn, proto;
	const void *raw;
	const char *why;
	uint32_t size;

	made = btf__new_empty();
	i = btf__add_int(made, "int", 4, BTF_INT_SIGNED);
	u = btf__add_int(made, "unsigned int", 4, 0);
	l = btf__add_int(made, "long int", 8, BTF_INT_SIGNED);
	c = btf__add_int(made, "char", 1, BTF_INT_SIGNED);
	btf__add_enum(made, "colour", 4);
	btf__add_enum_value(made, "RED", 1);
	btf__add_enum_value(made, "BLUE", -2);
	anon = btf__add_union(made, NULL, 8);
	btf__add_field(made, "l", l, 0, 0);
	btf__add_field(made, "next", anon + 2, 0, 0);
	point = btf__add_struct(made, "point", 16);
	btf__add_field(made, "x", i, 0, 0);
	btf__add_field(made, "a", u, 32, 3);
	btf__add_field(made, "b", u, 35, 9);
	btf__add_field(made, NULL, anon, 64, 0);
	pp = btf__add_ptr(made, point);
	assert_int_equal(pp, anon + 2);
	ct = btf__add_const(made, point);
	td = btf__add_typedef(made, "point_t", ct);
	ptd = btf__add_ptr(made, td);
	arr = btf__add_array(made, i, c, 4);
	parr = btf__add_ptr(made, arr);
	fn = btf__add_func_proto(made, i);
	btf__add_func_param(made, NULL, i);
	btf__add_func_param(made, NULL, 0);
	pfn = btf__add_ptr(made, fn);
	proto = btf__add_func_proto(made, i);
	btf__add_func_param(made, "p", ptd);
	btf__add_func_param(made, "name", parr);
	btf__add_func_param(made, "callback", pfn);
	btf__add_func(made, "walk", BTF_FUNC_STATIC, proto);
	btf__add_fwd(made, "later", BTF_FWD_STRUCT);
	raw = btf__raw_data(made, &size);
	small = btf_open(memcpy(arena_alloc(size), raw, size), size, NULL, &why);
	assert_non_null(small);
}

static int set_up(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(cache_dir));
	session.cache_dir = cache_dir;
	make_small();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	btf__free(made);
	return dir_remove(cache_dir);
}

static const struct ctype *small_type(const char *name, uint32_t kinds)
{
	uint32_t id = btf_find_first(small, name, kinds);

	assert_true(id > 0);
	return btf_ctype(small, id);
}

static void test_members(void **state)
{
	const struct ctype *t = small_type("point", BTF_BIT(STRUCT));
	struct cmember m;
	struct nearest near;

	(void)state;
	assert_int_equal(t->size, 16);
	assert_string_equal(t->spelling, "struct point");
	assert_true(ctype_member(t, "b", &m, NULL));
	assert_int_equal(m.offset, 4);
	assert_int_equal(m.bit_offset, 3);
	assert_int_equal(m.bit_size, 9);
	assert_true(ctype_member(t, "next", &m, NULL));
	assert_int_equal(m.offset, 8);
	assert_string_equal(m.type->spelling, "struct point*");
	assert_string_equal(m.type->target->name, "point");
	nearest_init(&near, "nxet");
	assert_false(ctype_member(t, "nxet", &m, &near));
	assert_string_equal(near.best[0].name, "next");
}

static void test_spelling(void **state)
{
	uint32_t id = btf_find_first(small, "walk", BTF_BIT(FUNC));
	const struct ctype *t = btf_ctype(small, id);
	const struct ctype *p = small_type("point_t", BTF_BIT(TYPEDEF));

	(void)state;
	assert_string_equal(t->spelling, "int (point_t*, char (*)[4], int (*)(int, ...))");
	assert_int_equal(p->kind, CTYPE_STRUCT);
	assert_string_equal(p->name, "point");
	assert_string_equal(ctype_pointer_to(ctype_pointer_to(p))->spelling, "point_t**");
	assert_ptr_equal(ctype_pointer_to(p), ctype_pointer_to(p));
}

static void test_parameters(void **state)
{
	const struct btf_type *walk = btf_type(small, btf_find_first(small, "walk", BTF_BIT(FUNC)));
	const struct btf_type *proto = btf_type(small, walk->type), *variadic;
	const struct ctype *callback;
	const struct cparam *params;
	unsigned count;

	(void)state;
	params = btf_parameters(small, proto, &count);
	assert_int_equal(count, 3);
	assert_string_equal(params[1].name, "name");
	assert_string_equal(params[2].name, "callback");
	assert_ptr_equal(btf_parameters(small, proto, &count), params);

	callback = params[2].type->target;
	assert_string_equal(callback->spelling, "int (int, ...)");
	variadic = btf_type(small, btf_type(small, walk->type - 1)->type);
	assert_int_equal(BTF_INFO_KIND(variadic->info), BTF_KIND_FUNC_PROTO);
	assert_ptr_not_equal(btf_parameters(small, variadic, &count), params);
	assert_int_equal(count, 1);
}

static void test_enumerators(void **state)
{
	const struct ctype *t = small_type("colour", BTF_BIT(ENUM));
	const struct cenumerator *e;
	size_t count;
	int64_t value = 0;

	(void)state;
	e = ctype_enumerators(t, &count);
	assert_int_equal(count, 2);
	assert_string_equal(e[1].name, "BLUE");
	assert_int_equal(e[1].value, -2);
	assert_true(btf_find_enumerator(small, "RED", &value));
	assert_int_equal(value, 1);
	assert_false(btf_find_enumerator(small, "GREEN", &value));
}

static void test_index_and_walk_agree(void **state)
{
	uint32_t size, id;
	const void *raw = btf__raw_data(made, &size);
	const char *why;
	struct btf_blob *indexed = btf_open(raw, size, NULL, &why);

	(void)state;
	btf_index(indexed);
	for (id = 1; id < small->end_id; id++) {
		const struct btf_type *t = btf_type(small, id);
		uint32_t kinds = 1u << BTF_INFO_KIND(t->info);

		assert_int_equal(btf_find_first(indexed, btf_name(small, t), kinds),
				 btf_find_first(small, btf_name(small, t), kinds));
	}
}

/* A module's blob continues the ids and strings of its base, and completes what it declares. */
static void test_split(void **state)
{
	struct btf *split = btf__new_empty_split(made);
	struct btf_blob *b;
	const char *why;
	const void *raw;
	uint32_t size, id;

	(void)state;
	id = btf__add_ptr(split, btf__find_by_name(made, "later"));
	btf__add_typedef(split, "later_ptr", id);
	btf__add_struct(split, "later", 24);
	raw = btf__raw_data(split, &size);
	b = btf_open(raw, size, small, &why);
	assert_non_null(b);
	id = btf_find_first(b, "later_ptr", BTF_BIT(TYPEDEF));
	assert_true(id >= small->end_id);
	assert_string_equal(btf_ctype(b, id)->spelling, "later_ptr");
	assert_string_equal(btf_ctype(b, id)->target->spelling, "struct later");
	assert_true(btf_ctype(b, id)->target->incomplete);
	btf__free(split);
}

/* A module built elsewhere sketches the kernel's types; their members are the kernel's. */
static void test_sketched_base(void **state)
{
	struct btf *sketch = btf__new_empty(), *split;
	struct btf_blob *base, *b;
	const struct ctype *t;
	struct cmember m;
	const void *raw;
	const char *why;
	uint32_t size;

	(void)state;
	btf__add_struct(sketch, "point", 16);
	raw = btf__raw_data(sketch, &size);
	base = btf_open(memcpy(arena_alloc(size), raw, size), size, NULL, &why);
	base->full = small;
	split = btf__new_empty_split(sketch);
	btf__add_typedef(split, "mine", btf__find_by_name(sketch, "point"));
	raw = btf__raw_data(split, &size);
	b = btf_open(raw, size, base, &why);
	t = btf_ctype(b, btf_find_first(b, "mine", BTF_BIT(TYPEDEF)));
	assert_int_equal(t->size, 16);
	assert_true(ctype_member(t, "b", &m, NULL));
	assert_int_equal(m.bit_size, 9);
	btf__free(split);
	btf__free(sketch);
}

/* ---- images ------------------------------------------------------------------------ */

enum { PADDING = 1000 };

/* A file of `prefix` bytes of nothing and then the packed bytes, as self-extracting kernels are. */
static const char *packed_file(const void *data, size_t size, size_t prefix)
{
	char *path = arena_printf("%s/packed", cache_dir);
	char *whole = arena_alloc(prefix + size);

	memset(whole, 'x', prefix);
	memcpy(whole + prefix, data, size);
	assert_int_equal(file_write(path, whole, prefix + size), 0);
	return path;
}

static size_t pack_gzip(char *out, size_t room, const char *in, size_t size)
{
	z_stream z = { .next_in = (void *)in, .avail_in = size,
		       .next_out = (void *)out, .avail_out = room };

	deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return z.total_out;
}

static size_t pack_xz(char *out, size_t room, const char *in, size_t size)
{
	size_t len = 0;

	assert_int_equal(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC32, NULL, (void *)in, size,
						 (void *)out, &len, room), LZMA_OK);
	return len;
}

static size_t pack_zstd(char *out, size_t room, const char *in, size_t size)
{
	return ZSTD_compress(out, room, in, size, 3);
}

/* The legacy frame: blocks of up to 8 MB, and the unpacked size that kernels append. */
static size_t pack_lz4(char *out, size_t room, const char *in, size_t size)
{
	uint32_t magic = 0x184c2102, len, unpacked = size;
	size_t at = 4;

	memcpy(out, &magic, 4);
	for (size_t done = 0; done < size; done += 8 << 20) {
		size_t part = size - done < 8 << 20 ? size - done : 8 << 20;

		len = LZ4_compress_default(in + done, out + at + 4, part, room - at - 4);
		memcpy(out + at, &len, 4);
		at += 4 + len;
	}
	memcpy(out + at, &unpacked, 4);
	return at + 4;
}

static void test_packed_images(void **state)
{
	size_t (*const packers[])(char *out, size_t room, const char *in, size_t size) = {
		pack_gzip, pack_xz, pack_zstd, pack_lz4,
	};
	struct image plain, img;
	char *out;

	(void)state;
	assert_int_equal(image_open(&plain, "/proc/self/exe", cache_dir), 0);
	out = malloc(2 * plain.size + 4096);
	for (size_t i = 0; i < sizeof packers / sizeof *packers; i++) {
		size_t size = packers[i](out, 2 * plain.size + 4096, (const char *)plain.data,
					 plain.size);

		for (int prefix = 0; prefix <= PADDING; prefix += PADDING) {
			assert_int_equal(image_open(&img, packed_file(out, size, prefix),
						    cache_dir), 0);
			assert_int_equal(img.size, plain.size);
			assert_memory_equal(img.data, plain.data, plain.size);
			assert_ptr_equal(image_build_id(&img) ? &img : NULL,
					 image_build_id(&plain) ? &img : NULL);
			image_close(&img);
		}
		assert_true(image_open(&img, packed_file(out, size / 2, 0), cache_dir) < 0);
	}
	assert_int_equal(image_open(&img, packed_file("rubbish", 7, 0), cache_dir), -ENOTSUP);
	assert_int_equal(image_open(&img, "/no/such/file", cache_dir), -ENOENT);
	free(out);
	image_close(&plain);
}

/* ---- damage --------------------------------------------------------------------- */

/* Reading everything from a blob must end, whatever it says. */
static void read_all(struct btf_blob *b)
{
	for (uint32_t id = 1; id < b->end_id; id++) {
		const struct ctype *t = btf_ctype(b, id);
		size_t count;

		assert_non_null(t->spelling);
		ctype_members(t, &count);
		ctype_enumerators(t, &count);
	}
}

static void test_damaged_blob(void **state)
{
	uint32_t size;
	const void *raw = btf__raw_data(made, &size);
	char *copy = malloc(size);
	const char *why;

	(void)state;
	for (uint32_t bit = 0; bit < size * 8; bit += 3) {
		struct btf_blob *b;

		memcpy(copy, raw, size);
		copy[bit / 8] ^= 1 << bit % 8;
		b = btf_open(copy, size, NULL, &why);
		if (b)
			read_all(b);
		else
			assert_non_null(why);
	}
	for (uint32_t len = 0; len < size; len += 5) {
		memcpy(copy, raw, size);
		assert_null(btf_open(copy, len, NULL, &why));
	}
	free(copy);
}

static void test_store(void **state)
{
	struct store in = { 0 }, out;
	char text[100] = "contents", *file;
	size_t len;
	const char *path;
	FILE *ls;

	(void)state;
	in.part[2] = (struct store_part){ text, sizeof text };
	assert_int_equal(store_save(&in, cache_dir, "test", "a key"), 0);
	assert_true(store_load(&out, cache_dir, "test", "a key"));
	assert_int_equal(out.part[2].size, sizeof text);
	assert_memory_equal(out.part[2].data, text, sizeof text);
	assert_false(store_load(&out, cache_dir, "test", "another key"));
	assert_false(store_load(&out, NULL, "test", "a key"));

	ls = popen(arena_printf("ls %s/btf/test-*", cache_dir), "r");
	path = arena_alloc(200);
	assert_int_equal(fscanf(ls, "%199s", (char *)path), 1);
	pclose(ls);
	assert_int_equal(file_read(path, &file, &len), 0);
	for (size_t i = 0; i < len; i += 7) {
		file[i] ^= 4;
		assert_int_equal(file_write(path, file, len), 0);
		assert_false(store_load(&out, cache_dir, "test", "a key"));
		file[i] ^= 4;
	}
	assert_int_equal(file_write(path, file, len - 8), 0);
	assert_false(store_load(&out, cache_dir, "test", "a key"));
}

static void test_store_cannot_write(void **state)
{
	struct store in = { 0 }, out;

	(void)state;
	assert_int_not_equal(store_save(&in, "/proc/no/such", "test", "key"), 0);
	assert_false(store_load(&out, "/proc/no/such", "test", "key"));
}

/* ---- the kernel that is installed here --------------------------------------------- */

static bool kernel_is_here(void)
{
	if (access(arena_printf("/boot/vmlinuz-%s", release), R_OK) == 0)
		return true;
	print_message("kernel %s is not installed\n", release);
	skip();
	return false;
}

static struct cfunction function;
static struct ctracepoint tracepoint;

static void keep_function(const struct cfunction *f, void *data)
{
	(void)data;
	function = *f;
}

static void keep_tracepoint(const struct ctracepoint *t, void *data)
{
	(void)data;
	tracepoint = *t;
}

/* Twice: once from the image, once from the cache. */
static void test_kernel_function(void **state)
{
	(void)state;
	if (!kernel_is_here())
		return;
	for (int round = 0; round < 2; round++) {
		session.kernel = NULL;
		assert_int_equal(functions_match(&session, NULL, "vfs_read", NULL,
						 FUNCTION_CALLS, keep_function, NULL), 1);
		assert_string_equal(function.name, "vfs_read");
		assert_int_equal(function.param_count, 4);
		assert_string_equal(function.params[0].name, "file");
		assert_string_equal(function.params[0].type->spelling, "struct file*");
		assert_string_equal(function.params[1].type->spelling, "char*");
		assert_string_equal(function.result->spelling, "ssize_t");
		assert_string_equal(function.symbol, "vfs_read");
		assert_true(function.patchable && function.exported);
		assert_null(function.unprobeable);
		assert_int_equal(strlen(kernel_build_id(&session)), 40);
	}
	assert_int_equal(functions_match(&session, NULL, "vfs_raed", NULL, FUNCTION_CALLS,
					 keep_function, NULL), 0);
	assert_true(functions_match(&session, NULL, "vfs_*", NULL, FUNCTION_CALLS,
				    keep_function, NULL) > 50);
}

static void test_kernel_tracepoints(void **state)
{
	static const struct { const char *system, *name; } known[] = {
		{ "sched", "sched_switch" }, { "raw_syscalls", "sys_enter" },
		{ "block", "block_rq_issue" }, { "net", "netif_receive_skb" },
		{ "irq", "softirq_entry" }, { "kmem", "kmalloc" },
		{ "signal", "signal_generate" }, { "skb", "kfree_skb" },
		{ "tcp", "tcp_probe" }, { "sock", "inet_sock_set_state" },
		{ "power", "cpu_idle" }, { "exceptions", "page_fault_user" },
		{ "timer", "hrtimer_start" }, { "workqueue", "workqueue_execute_end" },
	};

	(void)state;
	if (!kernel_is_here())
		return;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		assert_int_equal(tracepoints_match(&session, NULL, known[i].system, known[i].name,
						   keep_tracepoint, NULL), 1);
		assert_string_equal(tracepoint.system, known[i].system);
	}
	assert_int_equal(tracepoints_match(&session, NULL, NULL, "sched_switch",
					   keep_tracepoint, NULL), 1);
	assert_int_equal(tracepoint.param_count, 4);
	assert_string_equal(tracepoint.params[1].name, "prev");
	assert_string_equal(tracepoint.params[1].type->spelling, "struct task_struct*");
	assert_int_equal(tracepoints_match(&session, NULL, "sched", "no_such", keep_tracepoint,
					   NULL), 0);
}

static void test_kernel_types(void **state)
{
	const struct ctype *t;
	struct cmember m;
	int64_t value;
	struct cglobal global;

	(void)state;
	if (!kernel_is_here())
		return;
	t = ctype_by_name(&session, NULL, "task_struct", NULL);
	assert_non_null(t);
	assert_ptr_equal(t, ctype_by_name(&session, "kernel", "struct task_struct&", NULL));
	assert_true(ctype_member(t, "comm", &m, NULL));
	assert_string_equal(m.type->spelling, "char[16]");
	assert_string_equal(ctype_by_name(&session, NULL, "unsigned long", NULL)->name,
			    "long unsigned int");
	t = ctype_by_name(&session, NULL, "struct tcphdr", NULL);
	assert_true(ctype_member(t, "syn", &m, NULL));
	assert_int_equal(m.offset * 8 + m.bit_offset, 13 * 8 + 1);
	assert_int_equal(m.bit_size, 1);
	assert_true(enumerator_by_name(&session, NULL, "PIDTYPE_SID", &value, NULL));
	assert_int_equal(value, 3);
	assert_true(variable_find(&session, NULL, "runqueues", &global, NULL));
	assert_string_equal(global.type->spelling, "struct rq");
	assert_true(global.where.node->is_percpu);
	assert_string_equal(global.where.node->symbol, "runqueues");
	assert_true(variable_find(&session, NULL, "init_task@init/init_task.c", &global, NULL));
	assert_false(global.where.node->is_percpu);
	assert_false(variable_find(&session, NULL, "no_such_variable", &global, NULL));
}

static void test_kernel_modules(void **state)
{
	struct nearest near;

	(void)state;
	if (!kernel_is_here())
		return;
	assert_true(module_exists(&session, "xfs", NULL));
	assert_true(module_exists(&session, "nf-tables", NULL));
	nearest_init(&near, "btrsf");
	assert_false(module_exists(&session, "btrsf", &near));
	assert_string_equal(near.best[0].name, "btrfs");
	assert_int_equal(functions_match(&session, "xfs", "xfs_file_read_iter", NULL,
					 FUNCTION_CALLS, keep_function, NULL), 1);
	assert_string_equal(function.module, "xfs");
	assert_string_equal(function.params[0].type->spelling, "struct kiocb*");
	assert_non_null(ctype_by_name(&session, "xfs", "struct xfs_inode", NULL));
	assert_null(ctype_by_name(&session, NULL, "struct xfs_inode", NULL));
	assert_int_equal(tracepoints_match(&session, "xf*", "xfs", "xfs_ail_move",
					   keep_tracepoint, NULL), 1);
}

/* The image has no symbol table but the one for kallsyms. */
static void test_kernel_symbols(void **state)
{
	struct csymbol read, at;
	unsigned count;

	(void)state;
	if (!kernel_is_here())
		return;
	assert_true(symbol_by_name(&session, NULL, "vfs_read", &read, &count));
	assert_int_equal(count, 1);
	assert_int_equal(read.letter, 'T');
	assert_true(read.size > 100);
	assert_true(symbol_at(&session, NULL, read.address + 20, &at));
	assert_string_equal(at.name, "vfs_read");
	assert_true(symbol_by_name(&session, NULL, "jiffies", &at, NULL));
	assert_false(symbol_by_name(&session, NULL, "no_such_symbol", &at, NULL));
	assert_int_equal(functions_match(&session, NULL, "do_int3", NULL, FUNCTION_CALLS,
					 keep_function, NULL), 1);
	assert_non_null(function.unprobeable);
	assert_int_equal(functions_match(&session, NULL, "start_kernel", NULL, FUNCTION_CALLS,
					 keep_function, NULL), 1);
	assert_non_null(strstr(function.unprobeable, "boots"));
	assert_true(symbol_by_name(&session, "xfs", "xfs_file_read_iter", &at, NULL));
}

static void test_kernel_questions(void **state)
{
	const char *why = NULL;

	(void)state;
	if (!kernel_is_here())
		return;
	assert_string_equal(kernel_config(session_kernel(&session), "CONFIG_DEBUG_INFO_BTF"), "y");
	assert_string_equal(kernel_config(session_kernel(&session), "CONFIG_NO_SUCH"), "");
	assert_true(kernel_exports(session_kernel(&session), "vfs_fsync"));
	assert_false(kernel_exports(session_kernel(&session), "vfs_fsyn"));
	assert_null(kernel_open("6.1.0-55-cloud-amd64", &why));
	assert_non_null(strstr(why, "linux-image-6.1.0-55-cloud-amd64"));
	assert_non_null(strstr(why, release));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_spelling),
		cmocka_unit_test(test_parameters),
		cmocka_unit_test(test_enumerators),
		cmocka_unit_test(test_index_and_walk_agree),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_sketched_base),
		cmocka_unit_test(test_packed_images),
		cmocka_unit_test(test_damaged_blob),
		cmocka_unit_test(test_store),
		cmocka_unit_test(test_store_cannot_write),
		cmocka_unit_test(test_kernel_function),
		cmocka_unit_test(test_kernel_tracepoints),
		cmocka_unit_test(test_kernel_types),
		cmocka_unit_test(test_kernel_modules),
		cmocka_unit_test(test_kernel_symbols),
		cmocka_unit_test(test_kernel_questions),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
