# file: workers/tally/council_needs.c
# The quota counts one too many.
s|    \*holds = err == ERR_OK && count < award->quota;|    *holds = err == ERR_OK \&\& count <= award->quota;|
