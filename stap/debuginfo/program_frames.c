/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How to find the caller's frame at each place of a program or library, from the call frame information
 * in .eh_frame, which every build has, with or without frame pointers.  It is boiled down to one short row for each
 * piece of code, as the kernel does for its own (ORC): where the frame ends, and where the frame pointer was saved.
 * The return address is the last thing in a frame.
 */
#include "programs.h"

#include <dwarf.h>
#include <elfutils/libdwfl.h>
#include <gelf.h>
#include <stdlib.h>

/* Registers by their DWARF numbers: System V ABI for x86-64, figure 3.36. */
enum { REG_BP = 6, REG_SP = 7, REG_RETURN = 16 };

#define RETURN_OFFSET (-8)	/* of the return address, from the frame's end */

static bool reads_register(const Dwarf_Op *op, unsigned *number, int64_t *offset)
{
	if (op->atom == DW_OP_bregx) {
		*number = (unsigned)op->number;
		*offset = (int64_t)op->number2;
		return true;
	}
	*number = op->atom - DW_OP_breg0;
	*offset = (int64_t)op->number;
	return op->atom >= DW_OP_breg0 && op->atom <= DW_OP_breg31;
}

/* Linkers describe their jump tables by one expression: sp + 8, + 8 more behind the push of each entry. */
static bool is_jump_table(const Dwarf_Op *ops, size_t count)
{
	static const uint8_t atoms[] = {
		DW_OP_breg7, DW_OP_breg16, DW_OP_lit15, DW_OP_and, 0, DW_OP_ge, DW_OP_lit3, DW_OP_shl, DW_OP_plus,
	};

	if (count != sizeof atoms)
		return false;
	for (size_t i = 0; i < count; i++)
		if (atoms[i] && ops[i].atom != atoms[i])
			return false;
	return ops[4].atom >= DW_OP_lit0 && ops[4].atom <= DW_OP_lit15 && ops[0].number == 8;
}

/* Is the register's value of the caller saved at a fixed distance from the frame's end?  Undefined: *undefined. */
static bool saved_at(Dwarf_Frame *frame, int number, int64_t *offset, bool *undefined)
{
	Dwarf_Op memory[3], *ops;
	size_t count;

	*undefined = false;
	*offset = 0;
	if (dwarf_frame_register(frame, number, memory, &ops, &count) < 0)
		return false;
	if (!count) {
		*undefined = ops == memory;
		return false;
	}
	if (ops[0].atom != DW_OP_call_frame_cfa || count > 2 || (count == 2 && ops[1].atom != DW_OP_plus_uconst))
		return false;
	*offset = count == 2 ? (int64_t)ops[1].number : 0;
	return true;
}

static bool find_end(Dwarf_Frame *frame, struct user_frame *row)
{
	unsigned number;
	int64_t offset;
	Dwarf_Op *ops;
	size_t count;

	if (dwarf_frame_cfa(frame, &ops, &count) < 0 || !count)
		return false;
	if (is_jump_table(ops, count)) {
		row->rule = FRAME_JUMP_TABLE;
		row->end = (int32_t)(ops[4].atom - DW_OP_lit0);
		return true;
	}
	if (count != 1 || !reads_register(ops, &number, &offset) || offset != (int32_t)offset ||
	    (number != REG_SP && number != REG_BP))
		return false;
	row->rule = number == REG_SP ? FRAME_FROM_SP : FRAME_FROM_BP;
	row->end = (int32_t)offset;
	return true;
}

/* The row of a frame; what cannot be said in one is FRAME_UNKNOWN. */
static struct user_frame row_of(Dwarf_Frame *frame, bool signal)
{
	struct user_frame row = { .rule = FRAME_UNKNOWN }, unknown = row;
	bool undefined, known;
	int64_t offset;

	if (signal) {
		row.rule = FRAME_SIGNAL;
		return row;
	}
	known = saved_at(frame, REG_RETURN, &offset, &undefined) && offset == RETURN_OFFSET;
	if (undefined) {
		row.rule = FRAME_OUTERMOST;
		return row;
	}
	if (!known || !find_end(frame, &row))
		return unknown;
	if (saved_at(frame, REG_BP, &offset, &undefined)) {
		row.saved_bp = (int16_t)offset;
		if (offset != row.saved_bp)
			return unknown;
	}
	return row;
}

static void add_row(struct program_file *file, struct user_frame row)
{
	const struct user_frame *last = file->frames.len ? &file->frames.data[file->frames.len - 1] : NULL;

	if (!last || last->rule != row.rule || last->end != row.end || last->saved_bp != row.saved_bp)
		vec_push(&file->frames, row);
}

/* Addresses from..to as linked; `shift` makes offsets in the file of them. */
static void add_rows(struct program_file *file, Dwarf_CFI *cfi, uint64_t from, uint64_t to, uint64_t shift)
{
	while (from < to) {
		struct user_frame row = { .rule = FRAME_UNKNOWN };
		Dwarf_Addr start, end = from + 1;
		Dwarf_Frame *frame;
		bool signal;

		if (dwarf_cfi_addrframe(cfi, from, &frame) == 0) {
			dwarf_frame_info(frame, &start, &end, &signal);
			row = row_of(frame, signal);
			free(frame);
		}
		row.offset = (uint32_t)(from - shift);
		add_row(file, row);
		from = end > from ? end : from + 1;
	}
}

static void read_frames(struct program_file *file, Dwfl_Module *mod)
{
	GElf_Addr bias, cfi_bias;
	Elf *elf = dwfl_module_getelf(mod, &bias);
	Dwarf_CFI *cfi = elf ? dwfl_module_eh_cfi(mod, &cfi_bias) : NULL;
	size_t count;
	GElf_Phdr segment;

	if (!cfi || elf_getphdrnum(elf, &count) < 0)
		return;
	for (size_t i = 0; i < count; i++)
		if (gelf_getphdr(elf, (int)i, &segment) && segment.p_type == PT_LOAD && segment.p_flags & PF_X &&
		    segment.p_offset + segment.p_filesz <= UINT32_MAX)
			add_rows(file, cfi, segment.p_vaddr, segment.p_vaddr + segment.p_filesz,
				 segment.p_vaddr - segment.p_offset);
}

void program_read_frames(struct program_file *file)
{
	Dwfl *dwfl;
	Dwfl_Module *mod = program_open(file->path, &dwfl);

	if (mod)
		read_frames(file, mod);
	dwfl_end(dwfl);
}
