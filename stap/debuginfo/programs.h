/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Symbols and frames of programs and libraries, for scripts that show user addresses and stacks. */
#ifndef STAP_DEBUGINFO_PROGRAMS_H
#define STAP_DEBUGINFO_PROGRAMS_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/vec.h"

#ifndef SCRIPT_LIBC_HEADERS
#define SCRIPT_LIBC_HEADERS	/* the runtime's header is to use the libc's bool and NULL */
#endif
#include "../../runtime/core/user_frame.h"

struct Dwfl;
struct Dwfl_Module;

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
	VEC(struct user_frame) frames;	/* by offset; after program_read_frames() */
};
typedef VEC(struct program_file) program_file_vec;

/*
 * Read the functions of an ELF file, and with `libraries` of all libraries that it needs; a file that is
 * there already is not read again.  false: it is no ELF file, or cannot be read.
 */
bool programs_add(program_file_vec *files, const char *path, bool libraries);

/* Read how frames are found; a file without call frame information gets none. */
void program_read_frames(struct program_file *file);

/* For those who read such files: NULL if it is none; the caller ends *dwfl, which may be NULL. */
struct Dwfl_Module *program_open(const char *path, struct Dwfl **dwfl);

/* The file that execvp() would run for the first word of a command, or NULL. */
const char *program_of_command(const char *command);

/* The file that a process runs, or NULL: there is none. */
const char *program_of_process(int pid);

#endif
