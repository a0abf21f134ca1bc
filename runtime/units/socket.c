/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which process a socket is of: tables that few scripts need.
 *
 * Unit: for tapset_socket_* tapset_address_key.
 */
#include "../linux/tapset/socket.c"
