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
    struct login_id login;        /* that its cookie names; tag 0: none */
    char
        password_hash[PASSWORD_HASH_MAX + 1]; /* of the password that was right: a session begins */
    char cookie[128];                         /* Set-Cookie of the reply; empty: none */
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
    struct MHD_Response *events; /* instead of the body: it goes on for ever */
    const struct page *page;     /* instead of the body */
    const char *location;        /* of a redirection */
    const char *file_name;       /* the reply is a download; NULL: it is none */
    char name[NAME_MAX_BYTES + 1];
    uint32_t retry_s;
    /* an answer that is made while it is sent */
    stream_fn *stream; /* NULL: `body` is all of it */
    struct values_out *out;
    struct buf text; /* made, and sent up to text_at */
    size_t text_at;
    bool out_over; /* nothing more will be made */
    /* what came, where the handler wants it whole */
    struct buf in;
    /* an import's */
    struct import *import;
    const struct cells_format *format;
    uint64_t taken; /* bytes of the body */
    bool body_over;
    struct act_request *act; /* act_request.h; NULL */
};

/* The peer's address as text, or the one that our own proxy tells. */
#define ADDRESS_TEXT 64
void request_address(const struct request *r, char text[ADDRESS_TEXT]);

const char *request_argument(const struct request *r, const char *name); /* NULL */
const char *request_header(const struct request *r, const char *name);   /* NULL */
bool request_switch(const struct request *r, const char *name);          /* "true" */

/* Asks for the principal (or, where `self`, for the gateway), and waits. The answer's body is put into
 * r->body, r->asked says how it ended. */
void request_ask(struct request *r, const char *name, struct slice args, uint64_t after, bool self);
/* True: there is an answer. Else the request waits, or has been told. */
bool request_answered(struct request *r);
/* What the route's arguments say, as the question's map. */
void arguments_pack(const struct request *r, struct buf *args);
/* The answer's body as it is, with as_of. */
void answer_reply(struct request *r);
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
/* Takes the bytes. */
void reply_text(struct request *r, unsigned status, const char *type, struct buf *text);
/* Idempotency-Key; false: a reply is there. */
bool key_read(struct request *r, struct import_options *options);
/* idScheme and its like; false: a reply is there. */
bool schemes_check(struct request *r);
/* Of values_route.c, with the request. */
void values_end(struct request *r);
/* An import that goes on without the request. */
void job_reply(struct request *r, const struct job *job);
enum MHD_Result reply_send(struct request *r);

/* people.c: what comes with a session's cookie. Looks at the cookie, and at whether what writes comes from our
 * own pages; false: there is none, or it was refused. */
bool session_take(struct request *r);
/* Whoever writes with a cookie, or begins a session, comes from our own pages; false: told. */
bool same_site(struct request *r);
/* The session is known to be good. False: its principal was asked for, or it has ended. */
bool session_is_good(struct request *r);
/* From the body: who wants to sign in. False: told. */
bool session_credentials(struct request *r);
void unauthorized(struct request *r);

void act_request_free(struct act_request **act);

/* libmicrohttpd's callbacks. */
enum MHD_Result http_handle(void *gateway, struct MHD_Connection *connection, const char *url,
                            const char *method, const char *version, const char *data, size_t *size,
                            void **request);
void http_connection(void *gateway, struct MHD_Connection *connection, void **context,
                     enum MHD_ConnectionNotificationCode what);
void http_completed(void *gateway, struct MHD_Connection *connection, void **request,
                    enum MHD_RequestTerminationCode how);

#endif
