/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pass 4's parts that need no compiler: digests, sealed files, logs of kbuild. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../stap/base/arena.h"
#include "../../stap/base/file.h"
#include "../../stap/build/driver.h"
#include "../../stap/build/features.h"
#include "../../stap/build/hash.h"
#include "../../stap/build/kbuild_log.h"
#include "../../stap/build/sealed.h"
#include "../../stap/debuginfo/debuginfo.h"
#include "../../stap/session.h"

/* ---- digests --------------------------------------------------------------------------- */

static const char *digest_in_pieces(const char *data, size_t len, size_t piece)
{
	struct hash h;

	hash_init(&h);
	for (size_t at = 0; at < len; at += piece)
		hash_bytes(&h, data + at, len - at < piece ? len - at : piece);
	return hash_hex(&h);
}

static void test_hash_pieces(void **state)
{
	char data[100];

	(void)state;
	for (size_t i = 0; i < sizeof data; i++)
		data[i] = i * 7;
	for (size_t len = 0; len < sizeof data; len++)
		for (size_t piece = 1; piece < 20; piece++)
			assert_string_equal(digest_in_pieces(data, len, piece),
					    digest_in_pieces(data, len, sizeof data));
	assert_string_not_equal(digest_in_pieces(data, 99, 99), digest_in_pieces(data, 100, 100));
}

static void test_hash_texts(void **state)
{
	struct hash a, b;

	(void)state;
	hash_init(&a);
	hash_init(&b);
	hash_text(&a, "ab");
	hash_text(&a, "c");
	hash_text(&b, "a");
	hash_text(&b, "bc");
	assert_string_not_equal(hash_hex(&a), hash_hex(&b));
	hash_init(&a);
	hash_init(&b);
	hash_text(&a, NULL);
	hash_text(&b, "");
	assert_string_not_equal(hash_hex(&a), hash_hex(&b));
	assert_int_equal(strlen(hash_hex(&a)), HASH_HEX);
}

/* ---- sealed files ------------------------------------------------------------------------- */

static void test_sealed(void **state)
{
	char path[] = "/tmp/test_build_XXXXXX", *text;
	struct strbuf sb = {0};
	const char *why;
	size_t len;

	(void)state;
	close(mkstemp(path));
	strbuf_add(&sb, "one\ttwo\nthree\n");
	assert_int_equal(sealed_write(path, &sb), 0);
	assert_string_equal(sealed_read(path, &why), "one\ttwo\nthree\n");
	assert_int_equal(file_read(path, &text, &len), 0);
	for (size_t i = 0; i < len; i++) {		/* any single damaged byte is noticed */
		text[i] ^= 1;
		file_write(path, text, len);
		text[i] ^= 1;
		if (i != len - 1)			/* the last newline says nothing */
			assert_null(sealed_read(path, &why));
	}
	for (size_t i = 0; i < len - 1; i++) {		/* and any cut */
		file_write(path, text, i);
		assert_null(sealed_read(path, &why));
	}
	unlink(path);
	assert_null(sealed_read(path, &why));
	assert_null(why);
}

static void test_stamps(void **state)
{
	char path[] = "/tmp/test_build_XXXXXX";
	const char *stamp;

	(void)state;
	close(mkstemp(path));
	stamp = file_stamp(path);
	assert_true(file_stamp_holds(stamp));
	file_write(path, "x", 1);
	assert_false(file_stamp_holds(stamp));
	unlink(path);
	assert_false(file_stamp_holds(stamp));
	assert_true(file_stamp_holds(file_stamp(path)));
}

/* ---- logs ------------------------------------------------------------------------------------- */

static const char *joined(const word_list *words)
{
	const char *text = "";

	for (size_t i = 0; i < words->len; i++)
		text = arena_printf("%s%s%s", text, i ? " " : "", words->data[i]);
	return text;
}

static bool read_log(const char *text, struct kbuild_commands *found)
{
	return kbuild_log_read(arena_strdup(text), "/t/unit.o", "/t/mod", found);
}

/* Linux 6.1: objtool follows the compiler in one line. */
static void test_log_plain(void **state)
{
	static const char log[] =
		"make: Entering directory '/usr/src/linux'\n"
		"  gcc -Wp,-MMD,/t/.other.o.d -DKBUILD_MODNAME='\"mod\"' -c -o /t/other.o /t/other.c\n"
		"  # CC [M]  /t/unit.o\n"
		"  gcc -Wp,-MMD,/t/.unit.o.d  -DX='\"a b\"' -c -o /t/unit.o /t/unit.c   ; "
		"./tools/objtool/objtool --orc   --module /t/unit.o\n"
		"   { echo ; echo '/t/unit.o: $(wildcard ./tools/objtool/objtool)' ; } >> /t/.unit.o.cmd\n"
		"  ld -m elf_x86_64   -r -o /t/mod.o @/t/mod.mod \n"
		"   sed 's/ko$/o/'  /t/modules.order | scripts/mod/modpost -m -o /t/Module.symvers -T - \n"
		"  gcc -O2 -c -o /t/mod.mod.o /t/mod.mod.c\n"
		"  ld -r -T arch/x86/module.lds -o /t/mod.ko /t/mod.o /t/mod.mod.o;  true\n";
	struct kbuild_commands found;

	(void)state;
	assert_true(read_log(log, &found));
	assert_string_equal(found.dir, "/usr/src/linux");
	assert_string_equal(joined(&found.compile),
			    "gcc -Wp,-MMD,/t/.unit.o.d -DX=\"a b\" -c -o /t/unit.o /t/unit.c");
	assert_string_equal(joined(&found.objtool), "./tools/objtool/objtool --orc --module /t/unit.o");
	assert_false(found.objtool_on_whole);
	assert_string_equal(joined(&found.modpost), "scripts/mod/modpost -m -o /t/Module.symvers -T -");
	assert_string_equal(joined(&found.mod_compile), "gcc -O2 -c -o /t/mod.mod.o /t/mod.mod.c");
	assert_string_equal(joined(&found.link),
			    "ld -r -T arch/x86/module.lds -o /t/mod.ko /t/mod.o /t/mod.mod.o");
}

/* Kernels with IBT or LTO check the linked module; those since 6.13 run make in the module's folder, and
 * name what is there by relative paths. */
static void test_log_whole(void **state)
{
	static const char log[] =
		"make: Entering directory '/usr/src/linux'\n"
		"make[1]: Entering directory '/t'\n"
		"# CC [M]  unit.o\n"
		"  gcc-16 -I/usr/src/linux/include -I./. -c -o unit.o unit.c\n"
		"  ld -m elf_x86_64 -r -o mod.o @mod.mod  ; /usr/src/linux/tools/objtool/objtool --ibt --link mod.o\n"
		"  /usr/src/linux/scripts/mod/modpost -M -o Module.symvers -T modules.order\n"
		"  gcc-16 -c -o mod.mod.o mod.mod.c\n"
		"  ld -r -o mod.ko mod.o mod.mod.o .module-common.o\n";
	struct kbuild_commands found;

	(void)state;
	assert_true(read_log(log, &found));
	assert_string_equal(found.dir, "/t");
	assert_string_equal(joined(&found.compile),
			    "gcc-16 -I/usr/src/linux/include -I./. -c -o /t/unit.o /t/unit.c");
	assert_true(found.objtool_on_whole);
	assert_string_equal(joined(&found.objtool), "/usr/src/linux/tools/objtool/objtool --ibt --link /t/mod.o");
	assert_string_equal(joined(&found.modpost),
			    "/usr/src/linux/scripts/mod/modpost -M -o /t/Module.symvers -T /t/modules.order");
	assert_string_equal(joined(&found.link),
			    "ld -r -o /t/mod.ko /t/mod.o /t/mod.mod.o /t/.module-common.o");
}

static void test_log_incomplete(void **state)
{
	struct kbuild_commands found;

	(void)state;
	assert_false(read_log("", &found));
	assert_false(read_log("make: Entering directory '/x'\n gcc -c -o /t/unit.o /t/unit.c\n", &found));
	assert_false(read_log("make: *** No rule 'x\n'\"", &found));
}

/* ---- drivers ------------------------------------------------------------------------------------ */

static void test_driver(void **state)
{
	static const char gcc[] =
		"Using built-in specs.\n"
		"COLLECT_GCC=gcc-12\n"
		" /usr/lib/gcc/x/12/cc1 -quiet -I . " DRIVER_SOURCE " -dumpbase q.c -dumpbase-ext .c"
		" \"-mno-sse\" -O2 -o /tmp/ccA.s\n"
		"COLLECT_GCC_OPTIONS='-c' '-o' 'x'\n"
		" x86_64-linux-gnu-as -I . --64 -o " DRIVER_OBJECT " /tmp/ccA.s\n"
		"COMPILER_PATH=/usr/lib\n";
	static const char clang[] =
		"Debian clang version 14.0.6\n"
		" (in-process)\n"
		" \"/usr/lib/llvm-14/bin/clang\" \"-cc1\" \"-o\" \"" DRIVER_OBJECT "\" \"" DRIVER_SOURCE "\"\n";
	word_list cc1, as;

	(void)state;
	assert_true(driver_read(gcc, &cc1, &as));
	assert_string_equal(joined(&cc1), "/usr/lib/gcc/x/12/cc1 -quiet -I . -mno-sse -O2");
	assert_string_equal(joined(&as), "x86_64-linux-gnu-as -I . --64");
	assert_false(driver_read(clang, &cc1, &as));
	assert_false(driver_read("", &cc1, &as));
}

/* ---- features ------------------------------------------------------------------------------------- */

/* The answers for a kernel of which only the headers are there: a version, and a list of exports. */
static const char *features_of(const char *version, const char *exports)
{
	char folder[] = "/tmp/test_build_XXXXXX";
	struct session s = {0};
	struct strbuf answers = {0};
	const char *why, *list;

	assert_non_null(mkdtemp(folder));
	list = arena_printf("%s/Module.symvers", folder);
	assert_int_equal(file_write(list, exports, strlen(exports)), 0);
	assert_int_equal(dir_make(arena_printf("%s/include/config", folder), 0700), 0);
	assert_int_equal(file_write(arena_printf("%s/include/config/kernel.release", folder), version,
				    strlen(version)), 0);
	s.kernel = kernel_open(folder, &why);
	assert_non_null(s.kernel);
	features_write(&s, &answers);
	dir_remove(folder);
	return strbuf_text(&answers);
}

static void assert_feature(const char *answers, const char *name, bool has)
{
	assert_non_null(strstr(answers, arena_printf("#define KERNEL_HAS_%s %d\n", name, has)));
}

/* Exports are believed over versions: stable kernels got timer_delete_sync() late. */
static void test_features_exports(void **state)
{
	const char *answers = features_of("6.1.0-x", "0x1\ttimer_delete_sync\tvmlinux\tEXPORT_SYMBOL\t\n"
						     "0x2\tregister_kprobe\tvmlinux\tEXPORT_SYMBOL_GPL\t\n");

	(void)state;
	assert_feature(answers, "TIMER_DELETE_SYNC", true);
	assert_feature(answers, "FTRACE_FILTER_IPS", false);
	assert_feature(answers, "PCPU_HOT", false);
}

/* Without types and exports the version decides. */
static void test_features_version(void **state)
{
	static const struct { const char *version; bool extable, hot, module; } rows[] = {
		{ "5.10.0-x", false, false, true },
		{ "6.1.0-x", true, false, true },
		{ "6.12.5+x", true, true, false },
		{ "7.3.4", true, false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *answers = features_of(rows[i].version, "");

		assert_feature(answers, "EXTABLE_TYPES", rows[i].extable);
		assert_feature(answers, "PCPU_HOT", rows[i].hot);
		assert_feature(answers, "KALLSYMS_MODULE", rows[i].module);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hash_pieces),
		cmocka_unit_test(test_hash_texts),
		cmocka_unit_test(test_sealed),
		cmocka_unit_test(test_stamps),
		cmocka_unit_test(test_log_plain),
		cmocka_unit_test(test_log_whole),
		cmocka_unit_test(test_log_incomplete),
		cmocka_unit_test(test_driver),
		cmocka_unit_test(test_features_exports),
		cmocka_unit_test(test_features_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
