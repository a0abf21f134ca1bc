/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the host (vm.c) and the guest's first process (vm_init.c) agree on.
 *
 * The host packs a file of NUL-terminated "key=value" records into the
 * initramfs, in the order in which the guest acts on them.  While the guest runs,
 * they talk over named virtio-serial ports: one for each standard stream of the command, one for control,
 * in lines:
 *
 *	guest to host:	up, ready, alive, exit STATUS, error TEXT
 *	host to guest:	signal NUMBER, signal NUMBER group
 *
 * An output stream ends with the token of the "token" record, so the host knows
 * that it has everything although the streams are independent of each other.
 */
#ifndef STAP_RUN_VM_WIRE_H
#define STAP_RUN_VM_WIRE_H

#define VM_RECORDS_FILE "/records"

/* Keys of the records. */
#define VM_KEY_MODULE	"module"	/* file in the initramfs to insert; repeated, in order */
#define VM_KEY_TOKEN	"token"
#define VM_KEY_HOSTNAME	"hostname"
#define VM_KEY_BIND	"bind"		/* host path to show at /lib/modules/RELEASE */
#define VM_KEY_OUTPUT	"output"	/* present: mount the output share */
#define VM_KEY_HELD	"held"		/* present: the command starts with signals blocked, and takes them itself */
#define VM_KEY_PLAIN	"plain"		/* present: no overlay, see mount_plain_root() */
#define VM_KEY_PID	"pid"		/* process that must exist in the guest */
#define VM_KEY_CWD	"cwd"
#define VM_KEY_ARGUMENT	"arg"		/* repeated */
#define VM_KEY_VARIABLE	"env"		/* repeated, NAME=VALUE */

/* Names of the ports. */
#define VM_PORT_CONTROL	"stap.control"
#define VM_PORT_STDIN	"stap.stdin"
#define VM_PORT_STDOUT	"stap.stdout"
#define VM_PORT_STDERR	"stap.stderr"

/* Tags of the virtiofs shares, and where the second one is mounted in the guest. */
#define VM_TAG_HOST	"host"
#define VM_TAG_OUTPUT	"output"
#define VM_OUTPUT_DIR	"/.stap-output"

#define VM_TOKEN_LEN 32

#define VM_ALIVE_SECONDS 1	/* between two signs of life */

#endif
