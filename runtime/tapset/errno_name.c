/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Error numbers by name, as x86, arm64, s390 and riscv number them.  Numbers from 512
 * stay inside the kernel, but probes see them.
 */
#include "errno_name.h"

#define FIRST_INTERNAL 512

static const char *const errno_names[] = {
	[1] = "EPERM", [2] = "ENOENT", [3] = "ESRCH", [4] = "EINTR", [5] = "EIO", [6] = "ENXIO",
	[7] = "E2BIG", [8] = "ENOEXEC", [9] = "EBADF", [10] = "ECHILD", [11] = "EAGAIN",
	[12] = "ENOMEM", [13] = "EACCES", [14] = "EFAULT", [15] = "ENOTBLK", [16] = "EBUSY",
	[17] = "EEXIST", [18] = "EXDEV", [19] = "ENODEV", [20] = "ENOTDIR", [21] = "EISDIR",
	[22] = "EINVAL", [23] = "ENFILE", [24] = "EMFILE", [25] = "ENOTTY", [26] = "ETXTBSY",
	[27] = "EFBIG", [28] = "ENOSPC", [29] = "ESPIPE", [30] = "EROFS", [31] = "EMLINK",
	[32] = "EPIPE", [33] = "EDOM", [34] = "ERANGE", [35] = "EDEADLK", [36] = "ENAMETOOLONG",
	[37] = "ENOLCK", [38] = "ENOSYS", [39] = "ENOTEMPTY", [40] = "ELOOP", [42] = "ENOMSG",
	[43] = "EIDRM", [44] = "ECHRNG", [45] = "EL2NSYNC", [46] = "EL3HLT", [47] = "EL3RST",
	[48] = "ELNRNG", [49] = "EUNATCH", [50] = "ENOCSI", [51] = "EL2HLT", [52] = "EBADE",
	[53] = "EBADR", [54] = "EXFULL", [55] = "ENOANO", [56] = "EBADRQC", [57] = "EBADSLT",
	[59] = "EBFONT", [60] = "ENOSTR", [61] = "ENODATA", [62] = "ETIME", [63] = "ENOSR",
	[64] = "ENONET", [65] = "ENOPKG", [66] = "EREMOTE", [67] = "ENOLINK", [68] = "EADV",
	[69] = "ESRMNT", [70] = "ECOMM", [71] = "EPROTO", [72] = "EMULTIHOP", [73] = "EDOTDOT",
	[74] = "EBADMSG", [75] = "EOVERFLOW", [76] = "ENOTUNIQ", [77] = "EBADFD", [78] = "EREMCHG",
	[79] = "ELIBACC", [80] = "ELIBBAD", [81] = "ELIBSCN", [82] = "ELIBMAX", [83] = "ELIBEXEC",
	[84] = "EILSEQ", [85] = "ERESTART", [86] = "ESTRPIPE", [87] = "EUSERS", [88] = "ENOTSOCK",
	[89] = "EDESTADDRREQ", [90] = "EMSGSIZE", [91] = "EPROTOTYPE", [92] = "ENOPROTOOPT",
	[93] = "EPROTONOSUPPORT", [94] = "ESOCKTNOSUPPORT", [95] = "EOPNOTSUPP",
	[96] = "EPFNOSUPPORT", [97] = "EAFNOSUPPORT", [98] = "EADDRINUSE", [99] = "EADDRNOTAVAIL",
	[100] = "ENETDOWN", [101] = "ENETUNREACH", [102] = "ENETRESET", [103] = "ECONNABORTED",
	[104] = "ECONNRESET", [105] = "ENOBUFS", [106] = "EISCONN", [107] = "ENOTCONN",
	[108] = "ESHUTDOWN", [109] = "ETOOMANYREFS", [110] = "ETIMEDOUT", [111] = "ECONNREFUSED",
	[112] = "EHOSTDOWN", [113] = "EHOSTUNREACH", [114] = "EALREADY", [115] = "EINPROGRESS",
	[116] = "ESTALE", [117] = "EUCLEAN", [118] = "ENOTNAM", [119] = "ENAVAIL", [120] = "EISNAM",
	[121] = "EREMOTEIO", [122] = "EDQUOT", [123] = "ENOMEDIUM", [124] = "EMEDIUMTYPE",
	[125] = "ECANCELED", [126] = "ENOKEY", [127] = "EKEYEXPIRED", [128] = "EKEYREVOKED",
	[129] = "EKEYREJECTED", [130] = "EOWNERDEAD", [131] = "ENOTRECOVERABLE", [132] = "ERFKILL",
	[133] = "EHWPOISON",
};

static const char *const internal_errno_names[] = {
	[512 - FIRST_INTERNAL] = "ERESTARTSYS", [513 - FIRST_INTERNAL] = "ERESTARTNOINTR",
	[514 - FIRST_INTERNAL] = "ERESTARTNOHAND", [515 - FIRST_INTERNAL] = "ENOIOCTLCMD",
	[516 - FIRST_INTERNAL] = "ERESTART_RESTARTBLOCK", [517 - FIRST_INTERNAL] = "EPROBE_DEFER",
	[518 - FIRST_INTERNAL] = "EOPENSTALE", [519 - FIRST_INTERNAL] = "ENOPARAM",
	[521 - FIRST_INTERNAL] = "EBADHANDLE", [522 - FIRST_INTERNAL] = "ENOTSYNC",
	[523 - FIRST_INTERNAL] = "EBADCOOKIE", [524 - FIRST_INTERNAL] = "ENOTSUPP",
	[525 - FIRST_INTERNAL] = "ETOOSMALL", [526 - FIRST_INTERNAL] = "ESERVERFAULT",
	[527 - FIRST_INTERNAL] = "EBADTYPE", [528 - FIRST_INTERNAL] = "EJUKEBOX",
	[529 - FIRST_INTERNAL] = "EIOCBQUEUED", [530 - FIRST_INTERNAL] = "ERECALLCONFLICT",
	[531 - FIRST_INTERNAL] = "ENOGRACE",
};

const char *errno_name(s64 number)
{
	u64 n = number < 0 ? 0 - (u64)number : (u64)number;

	if (n < sizeof(errno_names) / sizeof(errno_names[0]))
		return errno_names[n];
	n -= FIRST_INTERNAL;
	if (n < sizeof(internal_errno_names) / sizeof(internal_errno_names[0]))
		return internal_errno_names[n];
	return NULL;
}
