/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What names outside of the script mean: types, enumerators, global variables.  Each may say in which
 * module it is; otherwise the module of the probed code is asked, then the kernel.
 */
#include "elaborate.h"

#include <string.h>

#include "../debuginfo/dwarf.h"
#include "../session.h"

const char *names_module(const struct scope *sc, const char *named)
{
	struct probe *p = sc->probe;

	if (named)
		return strncmp(named, "kernel", 6) == 0 || *named == '<' || !*named ? NULL : named;
	if (p)
		p->asked |= ASKED_MODULE;
	return p && p->family->module ? p->family->module(p) : NULL;
}

/* Names are only collected when there will be a message. */
static struct nearest *if_told(const struct scope *sc, struct nearest *near)
{
	return sc->el->asking ? NULL : near;
}

static bool is_plain_module(const char *name)
{
	return name && *name && !strpbrk(name, "/<:*?[") && strncmp(name, "kernel", 6) != 0;
}

/* True when that is the trouble. */
static bool hint_missing_module(struct scope *sc, struct diag *d, const char *module)
{
	struct nearest near;

	if (!is_plain_module(module))
		return false;
	nearest_init(&near, module);
	if (module_exists(sc->el->session, module, &near) || module_is_builtin(sc->el->session, module))
		return false;
	diag_hint(d, "no module '%s' is installed for this kernel", module);
	diag_nearest(d, &near);
	return true;
}

bool names_obtain(struct scope *sc, const char *module)
{
	struct session *s = sc->el->session;

	return !sc->el->asking && !diag_holding() && !dwarf_available(s, module) && dwarf_obtain(s, module);
}

/* ---- enumerators ------------------------------------------------------------------------- */

bool names_enumerator(struct scope *sc, const char *name, int64_t *value, struct nearest *near)
{
	const char *own = names_module(sc, NULL);

	return (own && enumerator_by_name(sc->el->session, own, name, value, near)) ||
	       enumerator_by_name(sc->el->session, NULL, name, value, near);
}

/* ---- types ------------------------------------------------------------------------------- */

/* In one module, then, if none was named or it is part of the kernel's image, in the kernel. */
const struct ctype *names_type(struct scope *sc, const char *named, const char *name, struct nearest *near)
{
	const char *module = names_module(sc, named);
	const struct ctype *t = ctype_by_name(sc->el->session, module, name, near);

	if (!t && module && (!named || module_is_builtin(sc->el->session, module)))
		t = ctype_by_name(sc->el->session, NULL, name, near);
	return t;
}

static const struct ctype *type_of_headers(struct scope *sc, const char *headers, const char *name)
{
	struct session *s = sc->el->session;
	const char *object = s->compile_headers ? s->compile_headers(s, headers) : NULL;

	return object ? ctype_by_name(s, object, name, NULL) : NULL;
}

/*
 * A header of programs may declare another type than the kernel has by that name, and is asked first; one of the
 * kernel only matters for what the kernel's own debug information lacks.
 */
static const struct ctype *type_in_one(struct scope *sc, const char *named, const char *name, struct nearest *near)
{
	const struct ctype *t = *named == '<' ? type_of_headers(sc, named, name) : NULL;

	if (!t)
		t = names_type(sc, named, name, near);
	if (!t && strncmp(named, "kernel<", 7) == 0)
		t = type_of_headers(sc, named, name);
	return t;
}

static const struct ctype *cast_type(struct scope *sc, const struct expr *t, struct nearest *near)
{
	const char *modules = t->target.module ? arena_strdup(t->target.module) : NULL;
	const struct ctype *type = NULL;

	if (!modules)
		return names_type(sc, NULL, t->target.cast_type, near);
	/* "a:b:c": the first module that knows the type */
	for (char *save = NULL, *one = strtok_r((char *)modules, ":", &save); one && !type;
	     one = strtok_r(NULL, ":", &save))
		type = type_in_one(sc, one, t->target.cast_type, near);
	return type;
}

static void report_no_type(struct scope *sc, const struct expr *t, const struct nearest *near)
{
	struct diag *d = diag_report(DIAG_unknown_type, t->at, "type definition '%s' not found in '%s'",
				     t->target.cast_type, t->target.module ? t->target.module : "kernel");

	if (hint_missing_module(sc, d, t->target.module))
		return;
	if (t->target.module && strchr(t->target.module, '<') && sc->el->session->compile_headers &&
	    !sc->el->session->compile_headers(sc->el->session, t->target.module))
		diag_hint(d, "'%s' cannot be compiled here, so only types of the kernel were looked at", t->target.module);
	diag_nearest(d, near);
}

const struct ctype *names_cast_type(struct scope *sc, const struct expr *t)
{
	struct nearest near;
	const struct ctype *type;

	nearest_init(&near, t->target.cast_type);
	type = cast_type(sc, t, if_told(sc, &near));
	if (!type && names_obtain(sc, names_module(sc, t->target.module)))
		type = cast_type(sc, t, &near);
	if (!type)
		report_no_type(sc, t, &near);
	return type;
}

/* ---- variables ----------------------------------------------------------------------------- */

static void report_no_global(struct scope *sc, const struct expr *t, const struct nearest *near)
{
	const char *module = names_module(sc, t->target.module);
	struct diag *d = diag_report(DIAG_target_variable, t->at, "unable to find global '%s' in %s", t->target.name,
				     module ? arena_printf("module %s", module) : "the kernel");

	if (hint_missing_module(sc, d, module))
		return;
	if (near->count)
		diag_nearest(d, near);
	else if (!dwarf_available(sc->el->session, module))
		diag_hint(d, "%s", debuginfo_missing_text(sc->el->session, module));
}

static bool find_global(struct scope *sc, const struct expr *t, struct cglobal *g, struct nearest *near)
{
	const char *module = names_module(sc, t->target.module);

	if (variable_find(sc->el->session, module, t->target.name, g, near))
		return true;
	return module && (!t->target.module || module_is_builtin(sc->el->session, module)) &&
	       variable_find(sc->el->session, NULL, t->target.name, g, near);
}

bool names_global(struct scope *sc, const struct expr *t, struct cglobal *g)
{
	struct nearest near;
	bool untyped;

	nearest_init(&near, t->target.name);
	if (find_global(sc, t, g, if_told(sc, &near))) {
		untyped = !g->type && !t->target.address_of;
		if (untyped && names_obtain(sc, names_module(sc, t->target.module)))
			find_global(sc, t, g, NULL);
		return true;
	}
	if (names_obtain(sc, names_module(sc, t->target.module)) && find_global(sc, t, g, &near))
		return true;
	report_no_global(sc, t, &near);
	return false;
}
