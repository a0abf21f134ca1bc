/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which file is mapped at an address of the current program, and what pass 3 knew of that file. */
#include "mapping.h"

#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>

/*
 * The lock of the mappings is never waited for.  To release it may wake somebody, which takes locks
 * of the scheduler: when interrupts are off, or in an NMI, what was interrupted may hold those.  Then a work item
 * does it, as soon as interrupts are on; until then the lock serves further questions of this CPU.
 */
struct late_unlock {
	struct irq_work work;
	struct mm_struct *mm;		/* locked, or NULL */
};

static DEFINE_PER_CPU(struct late_unlock, late_unlock);

static void unlock_now(struct irq_work *work)
{
	struct late_unlock *late = container_of(work, struct late_unlock, work);
	struct mm_struct *mm = late->mm;

	WRITE_ONCE(late->mm, NULL);
	mmap_read_unlock_non_owner(mm);
}

static void unlock_late(struct late_unlock *late, struct mm_struct *mm)
{
	if (!late->work.func)
		init_irq_work(&late->work, unlock_now);
	late->mm = mm;
	/* For lockdep we let go of it here. */
	rwsem_release(&mm->mmap_lock.dep_map, _THIS_IP_);
	irq_work_queue(&late->work);
}

static bool lock_mappings(struct mm_struct *mm)
{
	struct late_unlock *late = this_cpu_ptr(&late_unlock);

	if (READ_ONCE(late->mm))
		return late->mm == mm;
	if (!mmap_read_trylock(mm))
		return false;
	if (in_nmi() || irqs_disabled())
		unlock_late(late, mm);
	return true;
}

static void unlock_mappings(struct mm_struct *mm)
{
	if (!READ_ONCE(this_cpu_ptr(&late_unlock)->mm))
		mmap_read_unlock(mm);
}

bool mapping_find(struct mapping *map, u64 address)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	bool found = false;

	if (!mm || !lock_mappings(mm))
		return false;
	vma = find_vma(mm, (unsigned long)address);
	if (vma && vma->vm_start <= address && vma->vm_file) {
		strscpy(map->name, vma->vm_file->f_path.dentry->d_name.name, sizeof(map->name));
		map->start = vma->vm_start - ((u64)vma->vm_pgoff << PAGE_SHIFT);
		map->end = vma->vm_end;
		map->file_size = i_size_read(file_inode(vma->vm_file));
		found = true;
	}
	unlock_mappings(mm);
	return found;
}

const struct script_program *mapping_program(const struct mapping *map)
{
	const struct script_program *p;

	for (p = script_programs; p < script_programs + script_program_count; p++)
		if (p->file_size == map->file_size && !strcmp(kbasename(p->path), map->name))
			return p;
	return NULL;
}
