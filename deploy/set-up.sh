#!/bin/sh
# Makes what `docker compose up` needs and nobody else may know: .env and a folder of secrets.
#
#   sh deploy/set-up.sh sts.example.org --email you@example.org --club "Rowing Club"
#   sh deploy/set-up.sh localhost                        on your own machine: invented athletes, see the profile sims
#
# Options: --email (the first admin, also told to the certificate authority), --club, --http PORT, --https PORT, --amqps PORT.
# Run again it makes what is missing and changes nothing that is there. STS_SECRETS names another folder than deploy/secrets.
set -eu

stop() { echo "set-up: $*" >&2; exit 2; }

host=${1:-}
case "$host" in
"" | -*) stop "name the host under which browsers reach this hub: sh deploy/set-up.sh sts.example.org" ;;
*[!a-z0-9.-]*) stop "$host is no host name: a-z, 0-9, . and - make one" ;;
esac
shift
email=admin@club.example club="First Club" http=80 https=443 amqps=5671
while [ $# -gt 0 ]; do
    [ $# -ge 2 ] || stop "$1 needs a value"
    case "$1" in
    --email) email=$2 ;;
    --club) club=$2 ;;
    --http) http=$2 ;;
    --https) https=$2 ;;
    --amqps) amqps=$2 ;;
    *) stop "$1 is no option: see the head of this file" ;;
    esac
    shift 2
done
case "$email$club" in *[\'\"\$\\]*) stop "e-mail and club can have no quotes, \$ or \\ in them" ;; esac

cd "$(dirname "$0")/.."
secrets=${STS_SECRETS:-./deploy/secrets}
environment=${STS_ENVIRONMENT:-.env}
mkdir -p "$secrets"
# The folder keeps others out. Its files are readable, since a container that is not root reads them as another user.
chmod 700 "$secrets"

drawn() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; } # 192 random bits

keep() { # keep NAME VALUE: unless it is there
    [ -s "$secrets/$1" ] || { printf '%s\n' "$2" > "$secrets/$1"; echo "made $secrets/$1"; }
    chmod 644 "$secrets/$1"
}
kept() { cat "$secrets/$1"; }

keep admin_password "$(drawn)"
keep sealing_key "$(drawn)"
keep db_owner_password "$(drawn)"
keep db_owner_dsn "postgresql://postgres:$(kept db_owner_password)@timescaledb:5432/sts"
keep db_ingest_dsn "postgresql://sts_ingest:$(drawn)@timescaledb:5432/sts"
keep db_api_dsn "postgresql://sts_api:$(drawn)@timescaledb:5432/sts"
keep broker_password "$(drawn)"
keep broker_user.conf "default_user = hub
default_pass = $(kept broker_password)"
keep amqp_url "amqp://hub:$(kept broker_password)@rabbitmq:5672/sts"
keep management_url "http://hub:$(kept broker_password)@rabbitmq:15672"

if [ -s "$environment" ]; then
    echo "$environment is there and stays as it is"
else
    port=""
    [ "$https" = 443 ] || port=":$https"
    cat > "$environment" <<END
# Made by deploy/set-up.sh; edit it, and run docker compose up -d again.
STS_HOST=$host
STS_ORIGIN=https://$host$port
STS_HTTP_PORT=$http
STS_HTTPS_PORT=$https
STS_AMQPS_PORT=$amqps
STS_CLUB='$club'
STS_ADMIN_EMAIL='$email'
STS_SECRETS=$secrets
# How many processes serve browsers, and how many store what gateways send.
STS_API_REPLICAS=2
STS_INGEST_REPLICAS=2
END
    echo "made $environment"
fi
echo
echo "Next: docker compose up -d --build"
echo "Then sign in at $(sed -n 's/^STS_ORIGIN=//p' "$environment") as $(sed -n "s/^STS_ADMIN_EMAIL='\(.*\)'/\1/p" "$environment") with the password in $secrets/admin_password."
