# file: workers/tally/council_needs.c
# A consultation is concluded on the last day that the units have to answer.
s|ask->m->today > ask->m->row.deadline;|ask->m->today >= ask->m->row.deadline;|
