/* The gateway: HTTP in front, the broker's client behind, in one loop. It keeps no state but caches: what was
 * told with 200 is in the broker's journal. It speaks for whoever signed in; the broker and the workers say
 * what that principal may (docs/RIGHTS.md), never the gateway. */
#ifndef GATEWAY_GATEWAY_H
#define GATEWAY_GATEWAY_H

#include "common/clock.h"
#include "proto/settings.h"
#include "workers/gateway/events.h"
#include "workers/gateway/import.h"
#include "workers/gateway/jobs.h"
#include "workers/gateway/pages.h"
#include "workers/gateway/postings.h"
#include "workers/gateway/logins.h"
#include "workers/gateway/sign_in.h"
#include "workers/gateway/visitors.h"

#include <microhttpd.h>

struct gateway {
    const struct settings *settings;
    struct MHD_Daemon *http;
    struct clock clock;
    struct links links;
    struct imports imports;
    struct jobs jobs;
    struct postings postings;
    struct sign_ins sign_ins;
    struct logins logins;
    struct events events;
    struct pages pages;
    bool secure;       /* browsers reach us over TLS */
    size_t gathered;   /* bytes of bodies that requests hold */
    struct plan *plan; /* of `plan_campaign`, as of `plan_ms`; NULL */
    char plan_campaign[CODE_MAX + 1];
    int64_t plan_ms;
    struct visitors visitors;
    LIST_HEAD(request_list, request) suspended;
    unsigned exports;          /* under way */
    bool woken;                /* a suspended request has its answer: no waiting before MHD_run */
    uint64_t requests, errors; /* for /metrics */
};

/* 0, or the exit code after one line in the log. */
int gateway_run(const struct settings *settings);

#endif
