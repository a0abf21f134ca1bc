# SPDX-License-Identifier: GPL-2.0-or-later
# Runs in a guest whose clock counts instructions: what takes many processes, whose processor time is then a count.
# The first one brings the tools into the guest's memory.  A line of $OUT/built.tsv: label, millions.  $HELLO is the script.

OUT=/.stap-output

counted() {
	label=$1; shift
	result=$($WORK cost 1 "$@") && printf '%s\t%s\n' "$label" "$(echo "$result" | cut -f2)" >>$OUT/built.tsv
}

cp -r "$BENCH/floor" /tmp/kbuild && cd /tmp || exit
export SYSTEMTAP_DIR=/tmp/data
counted "(kbuild of a small module, to compare)" make -C "/lib/modules/$(uname -r)/build" M=/tmp/kbuild modules 2>/dev/null
counted "first use of a kernel" "$STAP" -p4 --disable-cache -m first -e "$HELLO"
