/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The host's side of a running VM: one poll loop that moves the command's
 * streams, keeps the console's last lines, turns signals into control lines and
 * watches clocks.  It never blocks in a write, so Ctrl-C works when the reader
 * of our output does not read.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../base/arena.h"
#include "vm_private.h"

#define SILENCE_SECONDS 60		/* no sign of life: hung */
#define TICK_MS 500
#define CHUNK 4096			/* a pipe that polls writable takes this much (PIPE_BUF) */
#define INTERRUPTS_TO_KILL 3
#define DRAIN_MS 1000

/* From a port to one of our descriptors, up to the token. */
struct stream {
	int *port, to;
	char data[4 * CHUNK];
	size_t len;
	bool ended;			/* token or end of file seen */
	bool broken;			/* nobody reads `to` */
};

struct relay {
	struct vm_machine *m;
	struct vm_result *result;
	struct stream out[2];
	int signals;
	char control[1024];
	size_t control_len;
	char input[CHUNK];		/* our stdin, on its way */
	size_t input_len;
	bool input_ended;
	bool up, ready, exited, stopped;
	double deadline;		/* next sign of life due */
	double interrupt_at;		/* -T; 0: never */
	int interrupts;
};

enum slot { SLOT_SIGNALS, SLOT_LOG, SLOT_SERIAL, SLOT_CONTROL, SLOT_INPUT, SLOT_OUT, SLOT_ERR,
	    SLOT_COUNT };

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static void stop(struct relay *r, enum vm_outcome outcome)
{
	if (r->stopped)
		return;
	r->stopped = true;
	r->result->outcome = outcome;
}

static void close_port(int *port)
{
	if (*port >= 0)
		close(*port);
	*port = -1;
}

/* ---- control ------------------------------------------------------------------------ */

static void send_signal(struct relay *r, int number, bool group)
{
	char line[64];
	int len = snprintf(line, sizeof line, "signal %d%s\n", number, group ? " group" : "");

	if (r->m->ports[VM_CONTROL] >= 0 && write(r->m->ports[VM_CONTROL], line, len) < 0)
		close_port(&r->m->ports[VM_CONTROL]);
}

static void obey(struct relay *r, const char *line)
{
	r->deadline = now() + SILENCE_SECONDS;
	if (!strcmp(line, "up")) {
		r->up = r->result->up = true;
	} else if (!strcmp(line, "ready")) {
		r->ready = true;
		if (r->m->config->timeout > 0)
			r->interrupt_at = now() + r->m->config->timeout;
	} else if (!strncmp(line, "exit ", 5)) {
		r->exited = true;
		r->result->status = atoi(line + 5);
	} else if (!strncmp(line, "error ", 6)) {
		r->result->text = arena_strdup(line + 6);
		stop(r, VM_REFUSED);
	}
}

static void read_control(struct relay *r)
{
	int *port = &r->m->ports[VM_CONTROL];
	ssize_t n = read(*port, r->control + r->control_len, sizeof r->control - 1 - r->control_len);
	char *end;

	if (n <= 0) {
		close_port(port);
		return;
	}
	r->control_len += n;
	while ((end = memchr(r->control, '\n', r->control_len))) {
		*end++ = '\0';
		obey(r, r->control);
		r->control_len -= end - r->control;
		memmove(r->control, end, r->control_len);
	}
	if (r->control_len == sizeof r->control - 1)
		r->control_len = 0;
}

/* ---- streams ------------------------------------------------------------------------- */

/* Bytes at the end of the data that may be the beginning of the token. */
static size_t held_back(const struct stream *s, const char *token)
{
	size_t n = s->len < VM_TOKEN_LEN ? s->len : VM_TOKEN_LEN - 1;

	while (n && memcmp(s->data + s->len - n, token, n))
		n--;
	return n;
}

static size_t writable(const struct stream *s, const char *token)
{
	size_t n = s->ended ? s->len : s->len - held_back(s, token);

	return n < CHUNK ? n : CHUNK;
}

static void read_stream(struct stream *s, const char *token)
{
	ssize_t n = read(*s->port, s->data + s->len, sizeof s->data - s->len);
	char *end;

	if (n <= 0) {
		s->ended = true;
		return;
	}
	s->len += n;
	end = memmem(s->data, s->len, token, VM_TOKEN_LEN);
	if (end) {
		s->len = end - s->data;
		s->ended = true;
	}
}

/* Like a reader that left a local command: it gets an orderly end. */
static void write_stream(struct relay *r, struct stream *s)
{
	size_t n = writable(s, r->m->token);
	ssize_t done = s->broken ? (ssize_t)n : write(s->to, s->data, n);

	if (done < 0) {
		if (errno == EINTR || errno == EAGAIN)
			return;
		s->broken = true;
		send_signal(r, SIGTERM, false);
		done = n;
	}
	s->len -= done;
	memmove(s->data, s->data + done, s->len);
}

static bool finished(const struct stream *s)
{
	return s->ended && !s->len;
}

/* ---- standard input --------------------------------------------------------------------- */

/* A background job must not read the terminal: it would be stopped. */
static bool may_read_input(void)
{
	return !isatty(STDIN_FILENO) || tcgetpgrp(STDIN_FILENO) == getpgrp();
}

static void read_input(struct relay *r)
{
	ssize_t n = read(STDIN_FILENO, r->input, sizeof r->input);

	if (n > 0)
		r->input_len = n;
	else if (n == 0 || (errno != EINTR && errno != EAGAIN))
		r->input_ended = true;
}

static void pass_input(struct relay *r)
{
	ssize_t n = send(r->m->ports[VM_STDIN], r->input, r->input_len, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n < 0) {
		if (errno == EAGAIN || errno == EINTR)
			return;
		n = r->input_len;
		r->input_ended = true;
	}
	r->input_len -= n;
	memmove(r->input, r->input + n, r->input_len);
}

/* The end is a half-close: at a full one QEMU drops what it has not read yet. */
static void move_input(struct relay *r)
{
	if (r->input_len)
		pass_input(r);
	else
		read_input(r);
	if (r->input_ended && !r->input_len)
		shutdown(r->m->ports[VM_STDIN], SHUT_WR);
}

/* ---- console ------------------------------------------------------------------------------ */

static void read_console(struct vm_console *console, int *fd)
{
	char text[CHUNK];
	ssize_t n = read(*fd, text, sizeof text);

	if (n > 0)
		vm_console_add(console, text, n);
	else
		close_port(fd);
}

/* ---- signals and clocks --------------------------------------------------------------------- */

static void child_ended(struct relay *r)
{
	struct vm_machine *m = r->m;
	pid_t *const pids[] = { &m->qemu, &m->virtiofsd[0], &m->virtiofsd[1] };
	static const char *const names[] = { "QEMU", "virtiofsd", "virtiofsd" };

	for (size_t i = 0; i < sizeof pids / sizeof *pids; i++) {
		int status;

		if (*pids[i] <= 0 || waitpid(*pids[i], &status, WNOHANG) != *pids[i])
			continue;
		*pids[i] = 0;
		if (WIFSIGNALED(status))
			r->result->text = arena_printf("%s was killed by signal %d", names[i],
						       WTERMSIG(status));
		else if (WEXITSTATUS(status) || i)
			r->result->text = arena_printf("%s ended with status %d", names[i],
						       WEXITSTATUS(status));
		if (i || (!r->up && WEXITSTATUS(status)))
			stop(r, VM_DIED);
	}
}

static void read_signal(struct relay *r)
{
	struct signalfd_siginfo info;

	if (read(r->signals, &info, sizeof info) != sizeof info)
		return;
	if (info.ssi_signo == SIGCHLD) {
		child_ended(r);
		return;
	}
	r->interrupts += info.ssi_signo == SIGINT;
	if (!r->up || r->interrupts >= INTERRUPTS_TO_KILL)
		stop(r, VM_INTERRUPTED);
	else
		send_signal(r, info.ssi_signo, info.ssi_code == SI_KERNEL);
}

static void check_clocks(struct relay *r)
{
	double t = now();

	if (r->interrupt_at && t >= r->interrupt_at && !r->exited) {
		r->interrupt_at = 0;
		send_signal(r, SIGINT, false);
	}
	if (t >= r->deadline)
		stop(r, r->up ? VM_HUNG : VM_NOT_UP);
}

/* ---- the loop ----------------------------------------------------------------------------------- */

static struct pollfd stream_slot(const struct relay *r, const struct stream *s)
{
	if (writable(s, r->m->token))
		return (struct pollfd){ s->to, POLLOUT, 0 };
	return (struct pollfd){ s->ended ? -1 : *s->port, POLLIN, 0 };
}

static struct pollfd input_slot(const struct relay *r)
{
	if (!r->ready || (r->input_ended && !r->input_len))
		return (struct pollfd){ -1, 0, 0 };
	if (r->input_len)
		return (struct pollfd){ r->m->ports[VM_STDIN], POLLOUT, 0 };
	return (struct pollfd){ may_read_input() ? STDIN_FILENO : -1, POLLIN, 0 };
}

static int poll_timeout(const struct relay *r)
{
	double left = r->interrupt_at ? r->interrupt_at - now() : 1;

	return left <= 0 ? 0 : left < TICK_MS / 1000. ? left * 1000 + 1 : TICK_MS;
}

static void move_stream(struct relay *r, struct stream *s, const struct pollfd *slot)
{
	if (!slot->revents)
		return;
	if (slot->events == POLLOUT)
		write_stream(r, s);
	else
		read_stream(s, r->m->token);
}

static void turn(struct relay *r)
{
	struct vm_machine *m = r->m;
	struct pollfd fds[SLOT_COUNT] = {
		[SLOT_SIGNALS] = { r->signals, POLLIN, 0 },
		[SLOT_LOG] = { m->log, POLLIN, 0 },
		[SLOT_SERIAL] = { m->ports[VM_SERIAL], POLLIN, 0 },
		[SLOT_CONTROL] = { m->ports[VM_CONTROL], POLLIN, 0 },
		[SLOT_INPUT] = input_slot(r),
		[SLOT_OUT] = stream_slot(r, &r->out[0]),
		[SLOT_ERR] = stream_slot(r, &r->out[1]),
	};

	if (poll(fds, SLOT_COUNT, poll_timeout(r)) < 0)
		return;
	if (fds[SLOT_SIGNALS].revents)
		read_signal(r);
	if (fds[SLOT_LOG].revents)
		read_console(&m->words, &m->log);
	if (fds[SLOT_SERIAL].revents)
		read_console(&m->console, &m->ports[VM_SERIAL]);
	if (fds[SLOT_CONTROL].revents)
		read_control(r);
	if (fds[SLOT_INPUT].revents)
		move_input(r);
	move_stream(r, &r->out[0], &fds[SLOT_OUT]);
	move_stream(r, &r->out[1], &fds[SLOT_ERR]);
	check_clocks(r);
	if (finished(&r->out[0]) && finished(&r->out[1]) && m->ports[VM_CONTROL] < 0)
		stop(r, VM_DIED);
	if (finished(&r->out[0]) && finished(&r->out[1]) && r->exited)
		stop(r, VM_EXITED);
}

static int catch_signals(sigset_t *before)
{
	static const int caught[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR2, SIGCHLD };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof caught / sizeof *caught; i++)
		sigaddset(&set, caught[i]);
	sigprocmask(SIG_BLOCK, &set, before);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Words may arrive after the news that their speaker is dead. */
static bool has_more(int fd)
{
	return poll(&(struct pollfd){ fd, POLLIN, 0 }, 1, 0) > 0;
}

static void drain(struct vm_console *console, int *fd)
{
	while (*fd >= 0 && has_more(*fd))
		read_console(console, fd);
}

/*
 * The same for output, but only what is there now: a guest that lost only its files may write for ever.  A reader that
 * takes nothing for DRAIN_MS is not waited for any longer.
 */
static void drain_stream(struct relay *r, struct stream *s)
{
	int left = 0;

	ioctl(*s->port, FIONREAD, &left);
	while (!finished(s)) {
		if (writable(s, r->m->token)) {
			if (poll(&(struct pollfd){ s->to, POLLOUT, 0 }, 1, DRAIN_MS) <= 0)
				return;
			write_stream(r, s);
		} else if (left > 0) {
			left -= (int)(sizeof s->data - s->len);
			read_stream(s, r->m->token);
		} else {
			s->ended = true;
		}
	}
}

void vm_relay(struct vm_machine *m, struct vm_result *result)
{
	struct relay r = {
		.m = m, .result = result,
		.out = { { .port = &m->ports[VM_STDOUT], .to = STDOUT_FILENO },
			 { .port = &m->ports[VM_STDERR], .to = STDERR_FILENO } },
		.deadline = now() + m->boot_seconds,
	};
	void (*pipe_handler)(int) = signal(SIGPIPE, SIG_IGN);
	sigset_t before;

	*result = (struct vm_result){ 0 };
	r.signals = catch_signals(&before);
	child_ended(&r);
	while (!r.stopped)
		turn(&r);
	if (result->outcome != VM_INTERRUPTED) {
		drain_stream(&r, &r.out[0]);
		drain_stream(&r, &r.out[1]);
	}
	drain(&m->console, &m->ports[VM_SERIAL]);
	drain(&m->words, &m->log);
	close(r.signals);
	sigprocmask(SIG_SETMASK, &before, NULL);
	signal(SIGPIPE, pipe_handler);
}
