/* What the gateway answers: one table, routes.def. A read is a question of proto/QUERIES.md and the names of
 * the arguments that go into it; what is more has a handler. */
#ifndef GATEWAY_ROUTES_H
#define GATEWAY_ROUTES_H

#include <stdbool.h>

struct request;

/* What a principal may is the broker's to say. SIGNING: the body is who it is. */
enum guard { OPEN, SIGNED, SIGNING };

struct route {
    const char *method, *path; /* a path that ends in "/{id}" takes one more segment */
    enum guard guard;
    const char *query; /* NULL: none */
    /* "unit period children?": ? a switch, * a list with commas, # a number; @ text and % a number that are
     * the path's last segment */
    const char *arguments;
    void (*handle)(struct request *r);
    bool body; /* an import */
    const char *vi, *en;
};

extern const struct route ROUTES[];
extern const unsigned ROUTE_COUNT;

/* NULL: no such path. *other: there is, with another method. */
const struct route *route_find(const char *method, const char *path, bool *other);

void handle_read(struct request *r);
void handle_public(struct request *r); /* asked as the gateway itself */
void handle_feed(struct request *r);
void handle_file(struct request *r);
void handle_receipt(struct request *r);
void handle_health(struct request *r);
void handle_status(struct request *r);
void handle_ready(struct request *r);
void handle_metrics(struct request *r);
void handle_openapi(struct request *r);
void handle_reports(struct request *r);
void handle_values(struct request *r);
void handle_import(struct request *r);
void handle_task(struct request *r);
void handle_task_summary(struct request *r);
void handle_completed(struct request *r);
void handle_act(struct request *r);
void handle_file_new(struct request *r);
void handle_session_end(struct request *r);
void handle_events(struct request *r);
void handle_me(struct request *r);

#endif
