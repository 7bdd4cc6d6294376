# For tests of the gateway: sourced after site.sh. U is its address, auth curl's arguments that sign in.
# shellcheck shell=bash
auth=()

# gateway_find: the port that the newest gateway listens at; waits until it answers.
gateway_find() {
    local tries=0 old=${1:-}
    while [ $tries -lt 200 ]; do
        U=$(sed -n 's/.*process=gateway event=listening endpoint=//p' "$SCRATCH/up.log" | tail -n 1)
        [ -n "$U" ] && [ "$U" != "$old" ] && curl -s -m 5 -o /dev/null "http://$U/healthz" && break
        read -r -t 0.1 </dev/zero || :
        tries=$((tries + 1))
    done
    U=http://$U
}

# get WANTED-STATUS NAME CURL-ARGUMENTS...: the body stays in $SCRATCH/body
get() {
    local wanted=$1 name=$2
    shift 2
    equal "$name" "$wanted" "$(curl -s -m "${CURL_MAX:-120}" -o "$SCRATCH/body" -D "$SCRATCH/headers" -w '%{http_code}' "$@")"
}

post() { # post STATUS NAME CONTENT-TYPE FILE [CURL...]
    local status=$1 name=$2 type=$3 file=$4
    shift 4
    get "$status" "$name" "${auth[@]}" -H "Content-Type: $type" --data-binary "@$file" "$U/api/dataValueSets${Q:-}" "$@"
}
counts() { jq -r '.response | "\(.status) \(.importCount | "\(.imported) \(.updated) \(.ignored) \(.deleted)")"' "$SCRATCH/body"; }

# gateway_pid: of the one that runs now
gateway_pid() { sed -n 's/.*event=child_started program=thidua-gateway pid=//p' "$SCRATCH/up.log" | tail -n 1; }

# gateway_site DATA UP-OPTION...: a site with a gateway at a port of its own
gateway_site() {
    echo "gateway_listen = 127.0.0.1:0" >>"$1/thidua.conf"
    site_up "$@"
    gateway_find
}

# gateway_token PRINCIPAL ROLE... -- UNIT: grants it, and signs in as it from now on
gateway_token() {
    local principal=$1 roles=()
    shift
    while [ "$1" != -- ]; do roles+=(--role "$1"); shift; done
    check "a grant for $principal" thidua access grant "$principal" "${roles[@]}" --unit "$2"
    check "a token for $principal" sh -c "thidua access token new $principal --name test --after 1.0 >$SCRATCH/token"
    T=$(tail -n 1 "$SCRATCH/token")
    auth=(-H "Authorization: ApiToken $T")
}
