/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The conditions of %( ... %? ... %). */
#ifndef STAP_SYNTAX_CONDITIONS_H
#define STAP_SYNTAX_CONDITIONS_H

#include "macros.h"

/*
 * Does a condition hold?  Its macros are expanded already.  `after` is the "%?"
 * behind it, for messages.  Errors are reported, counted in *errors, and false.
 */
bool condition_holds(struct session *s, struct token_range tokens, const struct token *after,
		     unsigned *errors);

/* The kernel's name for the target architecture; asks for no kernel. */
const char *session_arch(const struct session *s);

#endif
