/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a compiler's driver would run. */
#ifndef STAP_BUILD_DRIVER_H
#define STAP_BUILD_DRIVER_H

#include <stdbool.h>

#include "tool.h"

/* The source and object that the driver is asked about; no file of these names is touched. */
#define DRIVER_SOURCE "/stap_driver_question.c"
#define DRIVER_OBJECT "/stap_driver_question.o"

/*
 * From the output of `cc FLAGS -### -c -o DRIVER_OBJECT DRIVER_SOURCE`: the words of the compiler
 * proper, without source and output, and of the assembler, without input and output.
 * False when the driver does it in another way than these two steps.
 */
bool driver_read(const char *output, word_list *cc1, word_list *as);

#endif
