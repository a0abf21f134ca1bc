/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The compiler is asked for assembly of a unit full of DEFINE(NAME, expression), which
 * leave lines like
 *
 *	.ascii "->NAME $2472 offsetof(struct task_struct, pid)"
 *
 * How an immediate is marked ($, #) depends on the architecture.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/file.h"
#include "../base/strbuf.h"
#include "recipe_private.h"

static void convert_line(const char *line, struct strbuf *out)
{
	const char *name = strstr(line, "\"->"), *value;
	int name_len, value_len;

	if (!name)
		return;
	name += 3;
	name_len = strcspn(name, " \"");
	value = name + name_len;
	value += strspn(value, " $#");
	value_len = strcspn(value, " \"\n");
	if (name_len && value_len && (isdigit((unsigned char)*value) || *value == '-'))
		strbuf_addf(out, "#define %.*s (%.*s)\n", name_len, name, value_len, value);
}

int constants_convert(const char *assembly, const char *header)
{
	struct strbuf sb = {0};
	char *text, *save = NULL;
	int err = file_read(assembly, &text, NULL);

	if (err)
		return err;
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		convert_line(line, &sb);
	err = sb.len ? file_write(header, sb.text, sb.len) : -ENODATA;
	strbuf_release(&sb);
	return err;
}
