/* Connections that are between requests: each has HEADERS_TIMEOUT_MS to send the headers of its next one, whole.
 * libmicrohttpd's own time limit begins anew with every byte, so that whoever dribbles would hold a
 * connection for ever. */
#ifndef GATEWAY_VISITORS_H
#define GATEWAY_VISITORS_H

#include <microhttpd.h>
#include <stdint.h>
#include <sys/queue.h>

struct visitor;
TAILQ_HEAD(visitors, visitor); /* those that we wait for, the longest first */

/* libmicrohttpd's notifications, of a connection and of its requests. */
void visitor_came(struct visitors *visitors, struct MHD_Connection *connection, void **context,
                  int64_t now_ms);
void visitor_went(struct visitors *visitors, void **context);
void visitor_asked(struct visitors *visitors, struct MHD_Connection *connection);
void visitor_answered(struct visitors *visitors, struct MHD_Connection *connection, int64_t now_ms);

/* Ends those whose time is over; gives the ms until the next one's is, or `most`. */
uint32_t visitors_tick(struct visitors *visitors, int64_t now_ms, uint32_t most);

#endif
