/* Visitors: a queue in the order of their deadlines, which are all equally far. */
#include "workers/gateway/visitors.h"

#include "common/mem.h"
#include "workers/gateway/limits.h"

#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>

struct visitor {
    TAILQ_ENTRY(visitor) next;
    int fd;
    int64_t until_ms;
    bool awaited; /* it is in the queue */
};

static void
await(struct visitors *visitors, struct visitor *v, int64_t now_ms)
{
    v->until_ms = now_ms + HEADERS_TIMEOUT_MS;
    v->awaited = true;
    TAILQ_INSERT_TAIL(visitors, v, next);
}

static void
await_no_more(struct visitors *visitors, struct visitor *v)
{
    if (v->awaited) {
        TAILQ_REMOVE(visitors, v, next);
        v->awaited = false;
    }
}

static struct visitor *
visitor_of(struct MHD_Connection *connection)
{
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

void
visitor_came(struct visitors *visitors, struct MHD_Connection *connection, void **context,
             int64_t now_ms)
{
    struct visitor *v = mem_alloc(sizeof *v);
    v->fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    await(visitors, v, now_ms);
    *context = v;
}

void
visitor_went(struct visitors *visitors, void **context)
{
    await_no_more(visitors, *context);
    free(*context);
    *context = NULL;
}

void
visitor_asked(struct visitors *visitors, struct MHD_Connection *connection)
{
    await_no_more(visitors, visitor_of(connection));
}

void
visitor_answered(struct visitors *visitors, struct MHD_Connection *connection, int64_t now_ms)
{
    struct visitor *v = visitor_of(connection);
    await_no_more(visitors, v);
    await(visitors, v, now_ms);
}

uint32_t
visitors_tick(struct visitors *visitors, int64_t now_ms, uint32_t most)
{
    struct visitor *v;
    while ((v = TAILQ_FIRST(visitors)) != NULL && v->until_ms <= now_ms) {
        /* libmicrohttpd finds the end of the stream, and closes it in its own order. */
        shutdown(v->fd, SHUT_RDWR);
        await_no_more(visitors, v);
    }
    return v == NULL || v->until_ms - now_ms > most ? most : (uint32_t)(v->until_ms - now_ms);
}
