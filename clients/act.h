/* One record that a verb makes by itself, sent within an open contact, and what became of it printed. */
#ifndef CLIENTS_ACT_H
#define CLIENTS_ACT_H

#include "clients/contact.h"

/* `unit` may be empty: about none. `wait`: for the verdict; else the receipt alone is printed. Gives the
 * exit code, EX_DATAERR where the record was rejected. */
int act_submit(struct contact *contact, struct slice unit, struct slice body, bool wait);

#endif
