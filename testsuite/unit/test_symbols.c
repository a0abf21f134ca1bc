/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables behind /proc/kallsyms, in images made by hand in the ways of several kernels. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../stap/base/arena.h"
#include "../../stap/base/strbuf.h"
#include "../../stap/debuginfo/symbols.h"

enum { SYMBOLS = 1500, MARKER_STEP = 256 };
#define TEXT_ADDRESS   0xffffffff81000000ull
#define RODATA_ADDRESS 0xffffffff82000000ull

struct layout {
	unsigned alignment;
	bool has_base;			/* offsets and their base before num_syms, else each from its place behind */
	unsigned start;			/* of the tables in .rodata */
	unsigned padding;		/* length of the first token: moves token_index */
};

static uint64_t address_of(unsigned i)
{
	return TEXT_ADDRESS + 16ull * i;
}

static const char *name_of(unsigned i)
{
	return i ? arena_printf("function_%u", i) : "_text";
}

/* ---- the tables -------------------------------------------------------------------------- */

static void put_number(struct strbuf *out, uint64_t number, unsigned bytes)
{
	strbuf_addn(out, (const char *)&number, bytes);
}

static void align(struct strbuf *out, unsigned alignment)
{
	while (out->len % alignment)
		strbuf_addc(out, '\0');
}

static void put_offsets(struct strbuf *out, bool from_place)
{
	for (unsigned i = 0; i < SYMBOLS; i++)
		put_number(out, from_place ? address_of(i) - (RODATA_ADDRESS + out->len) : -1 - 16 * i, 4);
}

/* Every character is its own token, so a name is its characters with a letter before. */
static void put_names(struct strbuf *out, uint32_t *markers)
{
	size_t start = out->len;

	for (unsigned i = 0; i < SYMBOLS; i++) {
		const char *name = name_of(i);

		if (i % MARKER_STEP == 0)
			markers[i / MARKER_STEP] = out->len - start;
		put_number(out, 1 + strlen(name), 1);
		strbuf_addf(out, "T%s", name);
	}
}

static void put_tokens(struct strbuf *out, const struct layout *l)
{
	size_t start = out->len;
	uint16_t index[256];

	for (int c = 0; c < 256; c++) {
		index[c] = out->len - start;
		for (unsigned i = 0; i < (c ? 1 : l->padding); i++)
			strbuf_addc(out, c ? c : '~');
		strbuf_addc(out, '\0');
	}
	align(out, l->alignment);
	strbuf_addn(out, (const char *)index, sizeof index);
}

static void put_tables(struct strbuf *out, const struct layout *l)
{
	uint32_t markers[(SYMBOLS + MARKER_STEP - 1) / MARKER_STEP];

	while (out->len < l->start)
		strbuf_addc(out, '\xff');
	if (l->has_base) {
		put_offsets(out, false);
		align(out, l->alignment);
		put_number(out, TEXT_ADDRESS, 8);
	}
	put_number(out, SYMBOLS, l->alignment);
	put_names(out, markers);
	align(out, l->alignment);
	strbuf_addn(out, (const char *)markers, sizeof markers);
	align(out, l->alignment);
	put_tokens(out, l);
	align(out, l->alignment);
	if (!l->has_base)
		put_offsets(out, true);
}

/* ---- the image ------------------------------------------------------------------------------ */

static void add_section(Elf *elf, unsigned name, unsigned type, uint64_t address, void *data, size_t size)
{
	Elf_Scn *section = elf_newscn(elf);
	Elf_Data *d = elf_newdata(section);
	GElf_Shdr shdr;

	*d = (Elf_Data){ .d_buf = data, .d_size = size, .d_align = 8, .d_version = EV_CURRENT };
	gelf_getshdr(section, &shdr);
	shdr.sh_name = name;
	shdr.sh_type = type;
	shdr.sh_addr = address;
	gelf_update_shdr(section, &shdr);
}

/* As a file, for libelf gives contents of what was read only. */
static void make_image(const struct layout *l, const char *path)
{
	static char texts[] = "\0.text\0.rodata\0.shstrtab";
	FILE *file = fopen(path, "w");
	Elf *elf = elf_begin(fileno(file), ELF_C_WRITE, NULL);
	struct strbuf tables = {0};
	GElf_Ehdr ehdr;

	put_tables(&tables, l);
	gelf_newehdr(elf, ELFCLASS64);
	gelf_getehdr(elf, &ehdr);
	ehdr.e_ident[EI_DATA] = ELFDATA2LSB;
	ehdr.e_machine = EM_X86_64;
	ehdr.e_type = ET_EXEC;
	ehdr.e_shstrndx = 3;
	gelf_update_ehdr(elf, &ehdr);
	add_section(elf, 1, SHT_PROGBITS, TEXT_ADDRESS, texts, sizeof texts);
	add_section(elf, 7, SHT_PROGBITS, RODATA_ADDRESS, (char *)strbuf_text(&tables), tables.len);
	add_section(elf, 15, SHT_STRTAB, 0, texts, sizeof texts);
	assert_true(elf_update(elf, ELF_C_WRITE) > 0);
	elf_end(elf);
	fclose(file);
	strbuf_release(&tables);
}

static void check(const struct layout *l)
{
	char path[] = "/tmp/test_symbols_XXXXXX";
	struct symbols_builder w = {0};
	struct symbols table;
	struct image img;

	close(mkstemp(path));
	make_image(l, path);
	assert_int_equal(image_open(&img, path, NULL), 0);
	assert_true(symbols_from_kallsyms(&w, &img));
	assert_true(symbols_finish(&w, &table));
	image_close(&img);
	unlink(path);
	assert_int_equal(table.count, SYMBOLS);
	for (unsigned i = 0; i < SYMBOLS; i++)
		assert_int_equal(symbols_address(&table, name_of(i)), address_of(i));
	symbols_release(&table);
}

static void test_base_before(void **state)
{
	(void)state;
	check(&(struct layout){ .alignment = 8, .has_base = true, .start = 16, .padding = 3 });
	check(&(struct layout){ .alignment = 8, .has_base = true, .start = 24, .padding = 8 });
}

/* token_index may lie where both alignments would have it, while num_syms does not. */
static void test_offsets_behind(void **state)
{
	(void)state;
	for (unsigned start = 8; start < 24; start += 4)
		for (unsigned padding = 1; padding < 10; padding++)
			check(&(struct layout){ .alignment = 4, .start = start, .padding = padding });
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_base_before),
		cmocka_unit_test(test_offsets_behind),
	};

	elf_version(EV_CURRENT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
