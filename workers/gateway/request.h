/* One HTTP request, from its first header to its last byte. libmicrohttpd calls for it; where it must wait for
 * the broker it is suspended, and woken by the answer. A handler is called again after each waking until it
 * has replied: it looks at what it has, and goes on from there. */
#ifndef GATEWAY_REQUEST_H
#define GATEWAY_REQUEST_H

#include "workers/gateway/gateway.h"
#include "workers/gateway/routes.h"

struct values_out;
/* libmicrohttpd's MHD_ContentReaderCallback, of a request. */
typedef ssize_t stream_fn(void *request, uint64_t at, char *to, size_t room);

struct request {
    struct gateway *gateway;
    struct MHD_Connection *connection;
    const struct route *route;
    const char *path;
    enum language language;
    /* signing in */
    struct credentials credentials;
    char principal[CODE_MAX + 1]; /* empty: not signed in */
    /* waiting */
    bool suspended;
    LIST_ENTRY(request) next;  /* of those that are */
    struct question *question; /* NULL: none is open */
    enum { NOT_ASKED, ASKED, ANSWERED, REFUSED } asked;
    struct answer answer; /* REFUSED: why */
    /* the reply */
    unsigned status; /* 0: none yet */
    struct buf body;
    const char *type;
    uint32_t retry_s;
    /* an answer that is made while it is sent */
    stream_fn *stream; /* NULL: `body` is all of it */
    struct values_out *out;
    struct buf text; /* made, and sent up to text_at */
    size_t text_at;
    bool out_over; /* nothing more will be made */
    /* an import's */
    struct import *import;
    const struct cells_format *format;
    uint64_t taken; /* bytes of the body */
    bool body_over;
};

const char *request_argument(const struct request *r, const char *name); /* NULL */
const char *request_header(const struct request *r, const char *name);   /* NULL */
bool request_switch(const struct request *r, const char *name);          /* "true" */

/* Asks for the principal (or, where `self`, for the gateway), and waits. The answer's body is put into
 * r->body, r->asked says how it ended. */
void request_ask(struct request *r, const char *name, struct slice args, uint64_t after, bool self);
/* To be tried again when something has happened. */
void request_wait(struct request *r);
void request_wake(void *request);
/* All of them: the gateway ends. */
void requests_wake(struct gateway *gateway);

/* The reply; the first one counts. Takes the reference. */
void reply_json(struct request *r, unsigned status, json_t *body);
/* {httpStatus…, code, message}: our code, in the caller's language. */
void reply_complaint(struct request *r, const struct complaint *why);
void reply_error(struct request *r, unsigned status, const char *code, const char *vi,
                 const char *en);
/* 200, with a body that `stream` gives; NULL: JSON. */
void reply_stream(struct request *r, const char *type, stream_fn *stream);
/* idScheme and its like; false: a reply is there. */
bool schemes_check(struct request *r);
/* Of values_route.c, with the request. */
void values_end(struct request *r);
/* An import that goes on without the request. */
void job_reply(struct request *r, const struct job *job);
enum MHD_Result reply_send(struct request *r);

/* libmicrohttpd's callbacks. */
enum MHD_Result http_handle(void *gateway, struct MHD_Connection *connection, const char *url,
                            const char *method, const char *version, const char *data, size_t *size,
                            void **request);
void http_connection(void *gateway, struct MHD_Connection *connection, void **context,
                     enum MHD_ConnectionNotificationCode what);
void http_completed(void *gateway, struct MHD_Connection *connection, void **request,
                    enum MHD_RequestTerminationCode how);

#endif
