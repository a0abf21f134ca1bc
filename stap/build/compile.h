/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From C to a module, or to a program (--runtime=user). */
#ifndef STAP_BUILD_COMPILE_H
#define STAP_BUILD_COMPILE_H

struct session;
struct recipe;

/*
 * Compile session.c_text (and c_text_kernel) to a module of the name session.module_name.
 * Returns its path in the temporary folder, or NULL after reporting.
 */
const char *compile_module(struct session *s, const struct recipe *r);

/* Likewise to a program that runs the script in a process. */
const char *compile_program(struct session *s);

/* The compiler of compile_program(), a name or path. */
const char *user_compiler(void);

#endif
