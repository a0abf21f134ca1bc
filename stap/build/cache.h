/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cache of built scripts: $SYSTEMTAP_DIR/cache/XX/stap_KEY.ko (or without .ko: a
 * program), with its C text and a sealed manifest.  Every reader checks digests; every
 * writer moves finished files into place.
 */
#ifndef STAP_BUILD_CACHE_H
#define STAP_BUILD_CACHE_H

#include "tool.h"

struct session;
struct spool;

/* Path of the intact built file for a key (hex), or NULL. */
const char *cache_find(struct session *s, const char *key);

/*
 * Keep a built file and its C text under a key.  Returns its path in the cache, or NULL when
 * there is no cache or it cannot be written (a warning was given): the run goes on.
 */
const char *cache_store(struct session *s, const char *key, const char *built, const struct spool *c_text);

/*
 * Answers: what a run that is asked for by `question` gets: the key of a built file.
 * `stamps` (sealed.h) are the files that the answer depends on besides the question.
 * cache_answer() is NULL when there is none or a file has changed.
 */
const char *cache_answer(struct session *s, const char *question);
void cache_remember(struct session *s, const char *question, const char *key, const word_list *stamps);

/* Remove the oldest entries beyond the limit, if that was not done lately (or `now`). */
void cache_clean(struct session *s, bool now);

/* Where files whose names begin with stap_KEY belong. */
const char *cache_place(const struct session *s, const char *key, const char *suffix);

#endif
