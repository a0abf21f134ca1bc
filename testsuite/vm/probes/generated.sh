# What the build puts in front of functions, also of the compiler's copies of them, is no function.
$STAP -l 'kernel.function("vfs_read")' || exit 1
$STAP -l 'kernel.function("__pfx_*")' && exit 1
exit 0
