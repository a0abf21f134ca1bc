/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Manifests of recipes and of cache entries share this form. */
#include "sealed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/arena.h"
#include "../base/file.h"
#include "hash.h"

static const char *digest(const char *text, size_t len)
{
	struct hash h;

	hash_init(&h);
	hash_bytes(&h, text, len);
	return hash_hex(&h);
}

int sealed_write(const char *path, struct strbuf *sb)
{
	int err;

	strbuf_addf(sb, "end\t%s\n", digest(strbuf_text(sb), sb->len));
	err = file_write(path, sb->text, sb->len);
	strbuf_release(sb);
	return err;
}

char *sealed_read(const char *path, const char **why)
{
	char *text, *end;
	size_t len;

	*why = NULL;
	if (file_read(path, &text, &len))
		return NULL;
	*why = "its manifest is damaged";
	end = len > 1 ? memrchr(text, '\n', len - 1) : NULL;
	if (!end || strncmp(end + 1, "end\t", 4) || strlen(text) != len)
		return NULL;
	end++;
	if (strncmp(end + 4, digest(text, end - text), HASH_HEX))
		return NULL;
	*end = 0;
	*why = NULL;
	return text;
}

const char *file_stamp(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return arena_printf("%s\tmissing", path);
	return arena_printf("%s\t%lld\t%lld.%09ld", path, (long long)st.st_size,
			    (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}

bool file_stamp_holds(const char *stamp)
{
	return !strcmp(stamp, file_stamp(arena_strndup(stamp, strcspn(stamp, "\t"))));
}

const char *program_path(const char *dir, const char *program)
{
	char *path = getenv("PATH"), *save = NULL;

	if (program[0] == '/')
		return program;
	if (strchr(program, '/'))
		return arena_printf("%s/%s", dir, program);
	path = arena_strdup(path ? path : "/usr/bin:/bin");
	for (char *d = strtok_r(path, ":", &save); d; d = strtok_r(NULL, ":", &save)) {
		const char *full = arena_printf("%s/%s", d, program);

		if (access(full, X_OK) == 0)
			return full;
	}
	return program;
}
