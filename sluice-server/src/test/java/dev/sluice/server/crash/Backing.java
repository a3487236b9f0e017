package dev.sluice.server.crash;

import dev.sluice.testbed.Database;
import dev.sluice.testbed.MariaDbServer;
import dev.sluice.testbed.PostgresServer;
import dev.sluice.testbed.Proxy;
import dev.sluice.testbed.RealServer;
import dev.sluice.testbed.RedisCluster;
import dev.sluice.testbed.RedisSentinel;
import dev.sluice.testbed.RedisServer;
import dev.sluice.testbed.SqlServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;

/** Where the servers of a run keep everything, and what can happen to that. For one thread. */
final class Backing implements AutoCloseable {
    private final List<String> lines = new ArrayList<>();
    private final List<Trouble> troubles = new ArrayList<>();
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final Declared declared;
    private final Duration pause;

    private Backing(Declared declared, Duration pause) {
        this.declared = declared;
        this.pause = pause;
    }

    /** What the servers of a run share. */
    enum Kind {
        /** One database for everything. */
        POSTGRESQL,
        /** One database for everything. */
        MARIADB,
        /** Keys in Redis, which writes down every command before it answers; messages in PostgreSQL. */
        REDIS,
        /** Keys in a Redis with a replica that takes its place; messages in PostgreSQL. */
        SENTINEL,
        /** Keys in a Redis cluster whose masters have replicas; messages in PostgreSQL. */
        CLUSTER;

        private boolean apart() {
            return this == REDIS || this == SENTINEL || this == CLUSTER;
        }
    }

    /** A file in the home of the one server there is. */
    static Backing file() {
        return new Backing(Declared.NOTHING, Duration.ZERO);
    }

    /**
     * Starts what servers share, with a proxy in front of each store.
     *
     * @param servers how many will share it
     * @param pause how long things stand still
     */
    static Backing start(Kind kind, int servers, Duration pause) {
        Backing backing = new Backing(new Declared(true, kind.apart(), kind.apart() ? servers : 0), pause);
        try {
            switch (kind) {
                case POSTGRESQL -> backing.database("store", PostgresServer.start(SqlServer.Durability.DISK));
                case MARIADB -> backing.database("store", MariaDbServer.start(SqlServer.Durability.DISK));
                case REDIS -> backing.redis(RedisServer.start("--appendonly", "yes", "--appendfsync", "always"));
                case SENTINEL -> backing.sentinel(RedisSentinel.start());
                case CLUSTER -> backing.cluster(RedisCluster.start());
            }
            if (kind.apart()) {
                backing.database("database", PostgresServer.start(SqlServer.Durability.DISK));
            }
            return backing;
        } catch (RuntimeException e) {
            backing.close();
            throw e;
        }
    }

    private void database(String option, SqlServer server) {
        parts.push(server);
        Database database = server.fresh();
        lines.add(option + ": \"" + through(server, "database", database.url()) + "\"\n");
    }

    private void redis(RedisServer server) {
        parts.push(server);
        lines.add("store: \"" + through(server, "redis", server.url()) + "\"\n");
    }

    private void sentinel(RedisSentinel redis) {
        parts.push(redis);
        lines.add("store: \"" + redis.url() + "\"\n");
        troubles.add(Trouble.failover("redis", redis.master()));
    }

    private void cluster(RedisCluster redis) {
        parts.push(redis);
        lines.add("store: \"" + redis.url() + "\"\n");
        troubles.add(Trouble.failover("a master of the cluster", redis.nodes().get(0)));
    }

    /** The same URL by way of a proxy. */
    private String through(RealServer server, String name, String url) {
        Proxy proxy = Proxy.to(server.port());
        parts.push(proxy);
        troubles.addAll(Trouble.of(name, server, pause));
        troubles.addAll(Trouble.of(name, proxy, pause));
        return url.replaceFirst(Pattern.quote(":" + server.port()) + "(?=/|$)", ":" + proxy.port());
    }

    /** Whether all is in a file that can be opened when the server has ended. */
    boolean isFile() {
        return lines.isEmpty();
    }

    /** Lines of the configuration. */
    String yaml() {
        return String.join("", lines);
    }

    /** What can happen to it. */
    List<Trouble> troubles() {
        return List.copyOf(troubles);
    }

    /** What it may cost. */
    Declared declared() {
        return declared;
    }

    /** How a server is started on it. */
    Victim.Launch launch(Path home, Duration skew) {
        return isFile()
                ? properties -> ServerProcess.start(home, properties)
                : properties -> ServerProcess.startShared(home, skew, properties.toArray(String[]::new));
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                throw new IllegalStateException("a store did not end", e);
            }
        }
    }
}
