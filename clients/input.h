/* A file or standard input ("-") to be read while records are in flight: whenever the next bytes are not
 * there yet (a pipe whose writer is slow), the client library is stepped meanwhile, so that receipts are
 * taken, what is lost is sent again, and the broker knows that we live. */
#ifndef CLIENTS_INPUT_H
#define CLIENTS_INPUT_H

#include "clients/contact.h"

#include <stdio.h>

struct input {
    FILE *file;
    const char *name; /* for messages */
    int fd;
    struct client *client;
    void (*idle)(void *context); /* the next bytes are not there yet; NULL */
    void *context;               /* its */
    uint64_t read;               /* bytes so far */
    uint64_t total;              /* of a regular file; 0 where nobody knows */
};

/* 0, or EX_NOINPUT told. `contact` may be NULL: then waiting just waits. `in` must stay where it is. */
int input_open(struct input *in, const char *path, struct contact *contact);
void input_close(struct input *in);

#endif
