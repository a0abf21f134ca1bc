/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where stap's own files are: beside the build tree's stap, or installed. */
#ifndef STAP_LAYOUT_H
#define STAP_LAYOUT_H

struct session;

/*
 * Set tapset_dir, tapset_index, runtime_dir, examples_dir, staprun_path, user_library and
 * data_dir of the session.  The environment ($SYSTEMTAP_TAPSET, $SYSTEMTAP_RUNTIME,
 * $SYSTEMTAP_STAPRUN, $SYSTEMTAP_DIR) and -R win.  Nothing is opened but the marker file.
 */
void layout_find(struct session *s);

#endif
