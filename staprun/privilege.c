/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * staprun may be installed setuid root.  Then the groups of the caller decide: members of
 * both stapdev and stapusr may load any module; members of stapusr alone only those that
 * root has put into /lib/modules/RELEASE/systemtap.  Everything that is done with the
 * caller's files and commands is done as the caller.
 */
#include "staprun.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

static uid_t caller;
static gid_t caller_group;

bool privilege_init(void)
{
	caller = getuid();
	caller_group = getgid();
	if (geteuid() == 0)
		return true;
	message_error("staprun needs root's rights to load a module: run it as root, "
		      "or install it setuid root for the groups stapdev and stapusr");
	return false;
}

static bool in_group(const char *name)
{
	const struct group *group = getgrnam(name);
	gid_t list[NGROUPS_MAX];
	int count = getgroups(NGROUPS_MAX, list);

	if (!group)
		return false;
	for (int i = 0; i < count; i++)
		if (list[i] == group->gr_gid)
			return true;
	return caller_group == group->gr_gid;
}

static bool only_root_changes(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && st.st_uid == 0 && !(st.st_mode & (S_IWGRP | S_IWOTH));
}

/* In the folder of modules that root offers to everybody in stapusr? */
static bool is_blessed(const char *path)
{
	char wanted[PATH_MAX], folder[PATH_MAX], file[PATH_MAX];
	struct utsname system;
	size_t length;

	uname(&system);
	snprintf(wanted, sizeof wanted, "/lib/modules/%s/systemtap", system.release);
	if (!realpath(wanted, folder) || !realpath(path, file))
		return false;
	length = strlen(folder);
	return !strncmp(file, folder, length) && file[length] == '/' &&
	       only_root_changes(folder) && only_root_changes(file);
}

bool privilege_check(const char *path)
{
	bool user = in_group("stapusr");

	if (caller == 0 || (user && in_group("stapdev")))
		return true;
	if (user && is_blessed(path))
		return true;
	if (user)
		message_error("you are in group stapusr only: you may load modules from "
			      "/lib/modules/RELEASE/systemtap, but not %s", path);
	else
		message_error("you are not allowed to load modules: you must be root, "
			      "or a member of the groups stapdev and stapusr");
	return false;
}

bool privilege_check_session(void)
{
	if (caller == 0 || (in_group("stapusr") && in_group("stapdev")))
		return true;
	message_error("only root and members of the groups stapdev and stapusr may do this");
	return false;
}

void privilege_drop(void)
{
	if (setegid(caller_group) || seteuid(caller))
		abort();
}

void privilege_restore(void)
{
	if (seteuid(0) || setegid(0))
		abort();
}

void privilege_drop_forever(void)
{
	if (caller && (setresgid(caller_group, caller_group, caller_group) ||
		       setresuid(caller, caller, caller)))
		_exit(127);
}
