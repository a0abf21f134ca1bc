/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of sockets, protocols and their options. */
#include "names.h"

static const char *const socket_families[] = {
	[0] = "UNSPEC", [1] = "LOCAL", [2] = "INET", [3] = "AX25", [4] = "IPX",
	[5] = "APPLETALK", [6] = "NETROM", [7] = "BRIDGE", [8] = "ATMPVC", [9] = "X25",
	[10] = "INET6", [11] = "ROSE", [12] = "DECNET", [13] = "NETBEUI", [14] = "SECURITY",
	[15] = "KEY", [16] = "NETLINK", [17] = "PACKET", [18] = "ASH", [19] = "ECONET",
	[20] = "ATMSVC", [21] = "RDS", [22] = "SNA", [23] = "IRDA", [24] = "PPPOX",
	[25] = "WANPIPE", [26] = "LLC", [27] = "IB", [28] = "MPLS", [29] = "CAN", [30] = "TIPC",
	[31] = "BLUETOOTH", [32] = "IUCV", [33] = "RXRPC", [34] = "ISDN", [35] = "PHONET",
	[36] = "IEEE802154", [37] = "CAIF", [38] = "ALG", [39] = "NFC", [40] = "VSOCK",
	[41] = "KCM", [42] = "QIPCRTR", [43] = "SMC", [44] = "XDP", [45] = "MCTP",
};
const struct names names_socket_family = NAMES(socket_families);

static const char *const socket_types[] = {
	[1] = "STREAM", [2] = "DGRAM", [3] = "RAW", [4] = "RDM", [5] = "SEQPACKET", [6] = "DCCP",
	[10] = "PACKET",
};
const struct names names_socket_type = NAMES(socket_types);

static const char *const socket_states[] = {
	[0] = "FREE", [1] = "UNCONNECTED", [2] = "CONNECTING", [3] = "CONNECTED",
	[4] = "DISCONNECTING",
};
const struct names names_socket_state = NAMES(socket_states);

static const char *const protocols[] = {
	[0] = "IP", [1] = "ICMP", [2] = "IGMP", [4] = "IPIP", [6] = "TCP", [8] = "EGP",
	[12] = "PUP", [17] = "UDP", [22] = "IDP", [29] = "TP", [33] = "DCCP", [41] = "IPV6",
	[43] = "ROUTING", [44] = "FRAGMENT", [46] = "RSVP", [47] = "GRE", [50] = "ESP",
	[51] = "AH", [58] = "ICMPV6", [59] = "NONE", [60] = "DSTOPTS", [92] = "MTP",
	[94] = "BEETPH", [98] = "ENCAP", [103] = "PIM", [108] = "COMP", [115] = "L2TP",
	[132] = "SCTP", [136] = "UDPLITE", [137] = "MPLS", [143] = "ETHERNET", [255] = "RAW",
	[262] = "MPTCP",
};
const struct names names_protocol = NAMES(protocols);

static const char *const tcp_states[] = {
	[1] = "TCP_ESTABLISHED", [2] = "TCP_SYN_SENT", [3] = "TCP_SYN_RECV",
	[4] = "TCP_FIN_WAIT1", [5] = "TCP_FIN_WAIT2", [6] = "TCP_TIME_WAIT", [7] = "TCP_CLOSE",
	[8] = "TCP_CLOSE_WAIT", [9] = "TCP_LAST_ACK", [10] = "TCP_LISTEN", [11] = "TCP_CLOSING",
	[12] = "TCP_NEW_SYN_RECV", [13] = "TCP_BOUND_INACTIVE",
};
const struct names names_tcp_state = NAMES(tcp_states);

static const char *const tcp_options[] = {
	[1] = "TCP_NODELAY", [2] = "TCP_MAXSEG", [3] = "TCP_CORK", [4] = "TCP_KEEPIDLE",
	[5] = "TCP_KEEPINTVL", [6] = "TCP_KEEPCNT", [7] = "TCP_SYNCNT", [8] = "TCP_LINGER2",
	[9] = "TCP_DEFER_ACCEPT", [10] = "TCP_WINDOW_CLAMP", [11] = "TCP_INFO",
	[12] = "TCP_QUICKACK", [13] = "TCP_CONGESTION", [14] = "TCP_MD5SIG",
	[16] = "TCP_THIN_LINEAR_TIMEOUTS", [17] = "TCP_THIN_DUPACK", [18] = "TCP_USER_TIMEOUT",
	[19] = "TCP_REPAIR", [20] = "TCP_REPAIR_QUEUE", [21] = "TCP_QUEUE_SEQ",
	[22] = "TCP_REPAIR_OPTIONS", [23] = "TCP_FASTOPEN", [24] = "TCP_TIMESTAMP",
	[25] = "TCP_NOTSENT_LOWAT", [26] = "TCP_CC_INFO", [27] = "TCP_SAVE_SYN",
	[28] = "TCP_SAVED_SYN", [29] = "TCP_REPAIR_WINDOW", [30] = "TCP_FASTOPEN_CONNECT",
	[31] = "TCP_ULP", [32] = "TCP_MD5SIG_EXT", [33] = "TCP_FASTOPEN_KEY",
	[34] = "TCP_FASTOPEN_NO_COOKIE", [35] = "TCP_ZEROCOPY_RECEIVE", [36] = "TCP_INQ",
	[37] = "TCP_TX_DELAY",
};
const struct names names_tcp_option = NAMES(tcp_options);

static const char *const ipv6_options[] = {
	[1] = "IPV6_ADDRFORM", [2] = "IPV6_2292PKTINFO", [3] = "IPV6_2292HOPOPTS",
	[4] = "IPV6_2292DSTOPTS", [5] = "IPV6_2292RTHDR", [6] = "IPV6_2292PKTOPTIONS",
	[7] = "IPV6_CHECKSUM", [8] = "IPV6_2292HOPLIMIT", [9] = "IPV6_NEXTHOP",
	[10] = "IPV6_AUTHHDR", [11] = "IPV6_FLOWINFO", [16] = "IPV6_UNICAST_HOPS",
	[17] = "IPV6_MULTICAST_IF", [18] = "IPV6_MULTICAST_HOPS", [19] = "IPV6_MULTICAST_LOOP",
	[20] = "IPV6_ADD_MEMBERSHIP", [21] = "IPV6_DROP_MEMBERSHIP", [22] = "IPV6_ROUTER_ALERT",
	[23] = "IPV6_MTU_DISCOVER", [24] = "IPV6_MTU", [25] = "IPV6_RECVERR",
	[26] = "IPV6_V6ONLY", [27] = "IPV6_JOIN_ANYCAST", [28] = "IPV6_LEAVE_ANYCAST",
	[29] = "IPV6_MULTICAST_ALL", [30] = "IPV6_ROUTER_ALERT_ISOLATE",
	[31] = "IPV6_RECVERR_RFC4884", [32] = "IPV6_FLOWLABEL_MGR", [33] = "IPV6_FLOWINFO_SEND",
	[34] = "IPV6_IPSEC_POLICY", [35] = "IPV6_XFRM_POLICY", [36] = "IPV6_HDRINCL",
	[49] = "IPV6_RECVPKTINFO", [50] = "IPV6_PKTINFO", [51] = "IPV6_RECVHOPLIMIT",
	[52] = "IPV6_HOPLIMIT", [53] = "IPV6_RECVHOPOPTS", [54] = "IPV6_HOPOPTS",
	[55] = "IPV6_RTHDRDSTOPTS", [56] = "IPV6_RECVRTHDR", [57] = "IPV6_RTHDR",
	[58] = "IPV6_RECVDSTOPTS", [59] = "IPV6_DSTOPTS", [60] = "IPV6_RECVPATHMTU",
	[61] = "IPV6_PATHMTU", [62] = "IPV6_DONTFRAG", [63] = "IPV6_USE_MIN_MTU",
	[66] = "IPV6_RECVTCLASS", [67] = "IPV6_TCLASS", [70] = "IPV6_AUTOFLOWLABEL",
	[72] = "IPV6_ADDR_PREFERENCES", [73] = "IPV6_MINHOPCOUNT", [74] = "IPV6_ORIGDSTADDR",
	[75] = "IPV6_TRANSPARENT", [76] = "IPV6_UNICAST_IF", [77] = "IPV6_RECVFRAGSIZE",
	[78] = "IPV6_FREEBIND",
};
const struct names names_ipv6_option = NAMES(ipv6_options);

/* Bits of struct socket.flags. */
const struct flag_name flags_socket[] = {
	{ 1 << 0, "ASYNC_NOSPACE" }, { 1 << 1, "ASYNC_WAITDATA" }, { 1 << 2, "NOSPACE" },
	{ 1 << 3, "PASSCRED" }, { 1 << 4, "PASSSEC" }, { 1 << 5, "SUPPORT_ZC" },
	{ 0, NULL }
};

/* MSG_...; what the kernel itself adds has no name here. */
const struct flag_name flags_message[] = {
	{ 0x1, "OOB" }, { 0x2, "PEEK" }, { 0x4, "DONTROUTE" }, { 0x8, "CTRUNC" },
	{ 0x10, "PROBE" }, { 0x20, "TRUNC" }, { 0x40, "DONTWAIT" }, { 0x80, "EOR" },
	{ 0x100, "WAITALL" }, { 0x200, "FIN" }, { 0x400, "SYN" }, { 0x800, "CONFIRM" },
	{ 0x1000, "RST" }, { 0x2000, "ERRQUEUE" }, { 0x4000, "NOSIGNAL" }, { 0x8000, "MORE" },
	{ 0x10000, "WAITFORONE" }, { 0x40000, "BATCH" }, { 0x4000000, "ZEROCOPY" },
	{ 0x20000000, "FASTOPEN" }, { 0x40000000, "CMSG_CLOEXEC" },
	{ 0x80000000, "CMSG_COMPAT" },
	{ 0, NULL }
};
