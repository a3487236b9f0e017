package dev.sluice.server.crash;

import dev.sluice.testbed.MariaDbServer;
import dev.sluice.testbed.PostgresServer;
import dev.sluice.testbed.RedisCluster;
import dev.sluice.testbed.RedisServer;
import java.util.concurrent.ThreadLocalRandom;

/** The stores that several servers can share: real ones, each started once for all tests of this JVM. */
enum SharedStore {
    POSTGRESQL {
        @Override
        String yaml() {
            return "store: " + PostgresServer.shared().fresh().url() + "\n";
        }
    },
    MARIADB {
        @Override
        String yaml() {
            return "store: " + MariaDbServer.shared().fresh().url() + "\n";
        }
    },
    REDIS_AND_POSTGRESQL {
        @Override
        String yaml() {
            return redis(
                    RedisServer.sharedUrl(), PostgresServer.shared().fresh().url());
        }
    },
    REDIS_CLUSTER_AND_MARIADB {
        @Override
        String yaml() {
            return redis(
                    RedisCluster.shared().url(), MariaDbServer.shared().fresh().url());
        }
    };

    /** What {@code sluice.yaml} says of an empty store of this kind; asked again, of another one. */
    abstract String yaml();

    private static String redis(String url, String database) {
        String prefix = "t" + Long.toHexString(ThreadLocalRandom.current().nextLong());
        return "store: " + url + "\ndatabase: " + database + "\nredis: {prefix: " + prefix + "}\n";
    }
}
