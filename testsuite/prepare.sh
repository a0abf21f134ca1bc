# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by demo and runtests, in the top folder: installs what is missing and builds.
# (testsuite/vm/kernels only wants the names of packages.)
# Everything here is quiet when there is nothing to do.

tools="gcc make autoconf automake pkg-config perl binutils"
libraries="libc6-dev libdw-dev libelf-dev libbpf-dev libjson-c-dev uthash-dev libcap-dev
	libdebuginfod-dev liblz4-dev libzstd-dev liblzma-dev zlib1g-dev"
# What tests call on a real kernel.
programs="strace tcpdump iproute2 iputils-ping e2fsprogs kmod"
vmrun=testsuite/vm/vmrun
log=.prepare.log

step() { echo "== $*"; }

die() { echo "$0: $*" >&2; exit 1; }

is_installed() {
	[ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Runs a command whose output matters only when it fails.
quietly() {
	"$@" >$log 2>&1 </dev/null && return
	cat $log >&2
	die "failed: $*"
}

apt() {
	DEBIAN_FRONTEND=noninteractive quietly apt-get -qy --no-install-recommends "$@"
}

# Install those of the packages that are missing.
need() {
	missing=
	for package; do
		is_installed "$package" || missing="$missing $package"
	done
	[ -n "$missing" ] || return 0
	[ "$(id -u)" = 0 ] || die "please install, as root: apt-get install$missing"
	step "installing$missing"
	apt update
	apt install $missing
}

need_headers_of_running_kernel() {
	[ -e "/lib/modules/$(uname -r)/build" ] || need "linux-headers-$(uname -r)"
}

# A kernel with headers that can be booted, QEMU, and what shares the files with it.
need_vm() {
	need qemu-system-x86
	[ -e /usr/lib/qemu/virtiofsd ] || [ -e /usr/libexec/virtiofsd ] || need virtiofsd
	release=$($vmrun --print-release) && [ -e "/lib/modules/$release/build" ] ||
		need linux-image-cloud-amd64 linux-headers-cloud-amd64
}

build() {
	if [ ! -e configure ]; then
		step "autoreconf"
		quietly autoreconf -fi
	fi
	if [ ! -e Makefile ]; then
		step "configure"
		quietly ./configure
	fi
	[ -e stap/stap ] || step "make"
	make -s -j"$(nproc)" >&2 || die "the build failed"
}
