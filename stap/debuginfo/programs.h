/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Symbols of programs and libraries, for scripts that show user addresses. */
#ifndef STAP_DEBUGINFO_PROGRAMS_H
#define STAP_DEBUGINFO_PROGRAMS_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/vec.h"

struct program_symbol {
	const char *name;		/* interned */
	uint32_t offset;		/* in the file, as it is mapped */
	uint32_t size;			/* bytes, 0 unknown */
	bool local;			/* static */
};

struct program_file {
	const char *path;		/* without symbolic links */
	uint64_t file_size;		/* bytes: tells another build of it apart */
	VEC(struct program_symbol) symbols;	/* by offset; functions only */
};
typedef VEC(struct program_file) program_file_vec;

/*
 * Read the functions of an ELF file, and with `libraries` of all libraries that it needs; a file that is
 * there already is not read again.  false: it is no ELF file, or cannot be read.
 */
bool programs_add(program_file_vec *files, const char *path, bool libraries);

/* The file that execvp() would run for the first word of a command, or NULL. */
const char *program_of_command(const char *command);

#endif
