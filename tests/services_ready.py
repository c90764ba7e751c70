"""`python -m tests.services_ready DATABASE_URL BROKER_URL`: say at once, in words, when a service is not there."""

import sys

import psycopg2
import redis


def main(database_url: str, broker_url: str) -> int:
    try:
        psycopg2.connect(database_url).close()
        redis.Redis.from_url(broker_url).ping()
    except (psycopg2.OperationalError, redis.RedisError) as error:
        print(
            f"PostgreSQL or Redis does not answer: {error}\nSet TEST_DATABASE_URL and TEST_BROKER_URL.", file=sys.stderr
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
