/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What functions of the script library ask of the runtime beyond core/access.h.
 * runtime/linux/tapset and runtime/user/tapset.c define all of it; where a process has no
 * answer, the call raises the error "NAME is not available in --runtime=user".
 *
 * Everything may be called in any probe context.  Functions that take the context may
 * raise an error; their result is then 0 or "".
 */
#ifndef TAPSET_TAPSET_H
#define TAPSET_TAPSET_H

#include "../core/types.h"
#include "../core/format.h"

struct context;

/* ---- what staprun tells the script about itself ------------------------------------------ */

struct script_facts {
	s64 loader_pid;			/* stp_pid() */
	s64 user_id;			/* real user of the loader */
	s64 namespaces_pid;		/* --target-namespaces; 0: the loader's */
	s64 remote_id;			/* --remote: index, or -1 */
	s64 zone_west;			/* seconds that local time is west of UTC */
	char zone_name[32];
	char remote_uri[256];
};
extern struct script_facts script_facts;

/* Set one by its name above; false: there is none, or the value is not good.  Before the session starts. */
bool script_fact_set(const char *name, const char *value);

/* ---- tasks ---------------------------------------------------------------------------------- */

s64 tapset_pgrp(void);
s64 tapset_sid(void);
bool tapset_is_myproc(void);
s64 tapset_cpu_time(bool system);	/* of the current task, in nanoseconds */
void tapset_parent_execname(char *to, unsigned size);

/* Address of the task_struct with a thread id, or 0. */
s64 tapset_find_task(struct context *c, s64 tid);

enum tapset_id {
	TAPSET_PID, TAPSET_TID, TAPSET_PPID, TAPSET_PGRP, TAPSET_SID,
	TAPSET_UID, TAPSET_EUID, TAPSET_GID, TAPSET_EGID,
};

/* An id of a task (0: the current one) as the target namespace sees it. */
s64 tapset_namespace_id(struct context *c, s64 task, enum tapset_id which);

/* ---- the machine ------------------------------------------------------------------------------ */

s64 tapset_cpu_clock(s64 cpu);		/* nanoseconds; 0: no such CPU */
s64 tapset_page_size(void);
s64 tapset_load_average(s64 index);	/* 0..2, times 2048 */
s64 tapset_memory_node(struct context *c, s64 address);

/* ---- sockets and their processes (the kernel only) ------------------------------------------------ */

/* An end of a flow of packets.  Address 0: any of the machine's; peer_port 0: any peer. */
struct tapset_flow { s64 protocol, address, port, peer_port; };

/* The address of 4 or 16 bytes as the number in a flow. */
s64 tapset_address_key(s64 family, const void *address);

/* Note that the current process uses a struct sock; note all that processes have open. */
void tapset_socket_note(s64 sock);
void tapset_socket_note_all(void);

/* Process id and command name noted for an end of a flow; 0 and "" when there is none. */
s64 tapset_socket_owner(const struct tapset_flow *flow);
void tapset_socket_owner_name(char *to, unsigned size, const struct tapset_flow *flow);

/* ---- where the probed code stands --------------------------------------------------------------- */

bool tapset_user_mode(struct context *c);
bool tapset_compat_task(void);		/* a 32-bit program */
s64 tapset_instruction_pointer(struct context *c);	/* 0: unknown */
s64 tapset_user_address(struct context *c);
/* Argument registers at the entry of a function (its number in the script), by the address of its
 * frame; number: DWARF's of the register.  Without them the hit ends and is counted. */
void entry_save(struct context *c, s64 function);
s64 entry_load(struct context *c, s64 function, s64 frame, s64 number);

s64 tapset_stack_size(struct context *c);
s64 tapset_stack_unused(struct context *c);
s64 tapset_module_address(struct context *c);	/* of the script's own struct module */

/* Register by name ("rdi", "edi", "di", "rip", ...); raises an error for unknown names and where no
 * registers are known.  *size: its bytes. */
s64 tapset_register(struct context *c, const char *name, unsigned *size);
void tapset_print_registers(struct context *c, struct sink *out);

/* Integer argument n, from 1, of the probed function; raises an error where there is none. */
s64 tapset_argument(struct context *c, s64 n);
void tapset_set_argument(struct context *c, s64 n, s64 value);

/* ---- stacks and symbols ----------------------------------------------------------------------------- */

enum tapset_space { TAPSET_KERNEL, TAPSET_USER };

/* How an address is shown. */
enum tapset_style {
	TAPSET_NAME,			/* vfs_read; 0x... when unknown */
	TAPSET_DATA,			/* vfs_read+0x0/0x2b0 [kernel] */
	TAPSET_BRIEF,			/* vfs_read+0x0 [kernel] and a newline */
	TAPSET_FULL,			/* " 0x... : vfs_read+0x0/0x2b0 [kernel]" and a newline */
	TAPSET_ADDRESS,			/* 0x... ; blanks between several */
};

void tapset_show_address(struct sink *out, enum tapset_space space, u64 address,
			 enum tapset_style style);

/* Module of an address: "kernel" or a module's name; file name of the mapping in user space.
 * Raises an error when there is none. */
void tapset_module_of(struct context *c, char *to, unsigned size, enum tapset_space space, u64 address);

/* Offset of a user address in the file mapped there, and the file's build id in hex. */
s64 tapset_mapping_offset(struct context *c, u64 address);
void tapset_mapping_build_id(struct context *c, char *to, unsigned size, u64 address);

/* Return addresses, innermost first, the probed code before them; at most `most`.  Returns their number. */
unsigned tapset_stack(struct context *c, enum tapset_space space, u64 *frames, unsigned most);

/* The same from given registers of the current program. */
unsigned tapset_user_stack_from(u64 ip, u64 sp, u64 bp, u64 *frames, unsigned most);

/* Show the stack: at most `most` frames (-1: no limit), and never more than MAXBACKTRACE. */
void tapset_show_stack(struct context *c, struct sink *out, enum tapset_space space,
		       enum tapset_style style, s64 most);
void tapset_show_user_stack_from(struct context *c, struct sink *out, u64 ip, u64 sp, u64 bp,
				 enum tapset_style style);

/* One frame, 0 the probed code; 0 when there is none. */
s64 tapset_stack_frame(struct context *c, enum tapset_space space, s64 index);

/* Addresses in text ("0x... 0x..."), each shown in a style. */
void tapset_show_text(struct sink *out, enum tapset_space space, const char *addresses,
		      enum tapset_style style);

/* ---- acting on the kernel (guru) --------------------------------------------------------------------- */

void tapset_trace(struct context *c, const char *text);
void tapset_printk(struct context *c, s64 level, const char *text);
void tapset_dump_stack(struct context *c);
void tapset_panic(struct context *c, const char *text);
void tapset_delay(struct context *c, s64 microseconds);
void tapset_raise(struct context *c, s64 signal);

#endif
