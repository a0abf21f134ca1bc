/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --version. */
#ifndef STAP_VERSION_H
#define STAP_VERSION_H

#include <stdio.h>

void print_version(FILE *out);

#endif
