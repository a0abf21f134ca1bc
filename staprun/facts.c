/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the script may ask about who runs it: stp_pid(), tz_name(), remote_id() and the like. */
#include "staprun.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int send_zone(void)
{
	time_t now = time(NULL);
	struct tm local;
	int error;

	if (!localtime_r(&now, &local))
		return 0;
	error = session_command("fact zone_west=%ld", -local.tm_gmtoff);
	return error ? error : session_command("fact zone_name=%s", local.tm_zone);
}

/* "N:URI" */
static int send_remote(const char *text)
{
	const char *colon = strchr(text, ':');
	int error = session_command("fact remote_id=%ld", strtol(text, NULL, 10));

	return error || !colon ? error : session_command("fact remote_uri=%s", colon + 1);
}

int facts_send(void)
{
	int error = session_command("fact loader_pid=%d", (int)getpid());

	if (!error)
		error = session_command("fact user_id=%d", (int)getuid());
	if (!error)
		error = send_zone();
	if (!error && settings.namespaces_pid)
		error = session_command("fact namespaces_pid=%d", settings.namespaces_pid);
	if (!error && settings.remote)
		error = send_remote(settings.remote);
	return error;
}
