package dev.sluice.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A Redis master with a replica, watched by one sentinel under the name {@value #NAME}. */
public final class RedisSentinel implements AutoCloseable {
    /** What the sentinel calls the pair. */
    public static final String NAME = "gate";

    private static final long READY_SECONDS = 30;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final RedisServer master;
    private final RedisServer replica;
    private final RedisServer sentinel;

    private RedisSentinel(RedisServer master, RedisServer replica, RedisServer sentinel) {
        this.master = master;
        this.replica = replica;
        this.sentinel = sentinel;
    }

    /** Starts the three and waits until the sentinel knows both others. A master silent for a second is failed over. */
    public static RedisSentinel start() {
        RedisServer master = RedisServer.start();
        RedisServer replica =
                RedisServer.start("--replicaof", "127.0.0.1 " + master.port(), "--repl-diskless-sync-delay", "0");
        RedisSentinel all = new RedisSentinel(master, replica, RedisServer.startSentinel(config(master)));
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
        while (!all.knowsReplica()) {
            if (System.nanoTime() - deadline > 0) {
                all.close();
                throw new IllegalStateException("the sentinel does not find the replica");
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return all;
    }

    private boolean knowsReplica() {
        return master.ask("INFO", "replication").contains("state=online")
                && sentinel.ask("SENTINEL", "REPLICAS", NAME).contains(Integer.toString(replica.port()));
    }

    private static Path config(RedisServer master) {
        try {
            Path file = Files.createTempFile("sluice-sentinel", ".conf");
            file.toFile().deleteOnExit();
            return Files.writeString(file, """
                    sentinel monitor %1$s 127.0.0.1 %2$d 1
                    sentinel down-after-milliseconds %1$s 1000
                    sentinel failover-timeout %1$s 5000
                    """.formatted(NAME, master.port()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The first master. */
    public RedisServer master() {
        return master;
    }

    /** The first replica. */
    public RedisServer replica() {
        return replica;
    }

    /** {@code redis-sentinel://127.0.0.1:port#name}. */
    public String url() {
        return "redis-sentinel://127.0.0.1:" + sentinel.port() + "#" + NAME;
    }

    @Override
    public void close() {
        sentinel.close();
        replica.close();
        master.close();
    }
}
