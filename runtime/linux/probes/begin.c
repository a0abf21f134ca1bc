/* SPDX-License-Identifier: GPL-2.0-or-later */
/* begin, end, error, never: the session itself runs them, nothing is attached. */
#include "mechanism.h"

const struct script_mechanism script_mech_begin = { .name = "begin", .session = true };
const struct script_mechanism script_mech_end = { .name = "end", .session = true };
const struct script_mechanism script_mech_error = { .name = "error", .session = true };
const struct script_mechanism script_mech_never = { .name = "never", .session = true };
