package dev.sluice.testbed;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * A real Redis cluster of three masters, on the loopback interface. With a replica each, a master that does not answer for
 * a second is failed over.
 */
public final class RedisCluster implements AutoCloseable {
    private static final int MASTERS = 3;
    private static final int SLOTS = 16_384;
    private static final long READY_SECONDS = 30;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final List<RedisServer> nodes = new ArrayList<>();

    private RedisCluster() {}

    /** Starts the nodes, joins them, and waits until all slots are served and every master has its replica. */
    public static RedisCluster start() {
        return start(2 * MASTERS);
    }

    /**
     * The same without replicas: where a master is gone, so is a third of the slots, and the others are served. What a
     * master holds is on disk, so that it has it again after a restart.
     */
    public static RedisCluster startWithoutReplicas() {
        return start(
                MASTERS, "--cluster-require-full-coverage", "no", "--appendonly", "yes", "--appendfsync", "always");
    }

    private static RedisCluster start(int number, String... options) {
        RedisCluster cluster = new RedisCluster();
        try {
            cluster.join(number, List.of(options));
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    /** The cluster that all tests of this JVM share. Nobody may stop, pause or flush its nodes. */
    public static RedisCluster shared() {
        return SharedServers.get(RedisCluster.class, RedisCluster::start);
    }

    private void join(int number, List<String> options) {
        for (int i = 0; i < number; i++) {
            List<String> all = new ArrayList<>(List.of(
                    "--cluster-enabled",
                    "yes",
                    "--cluster-config-file",
                    "nodes.conf",
                    "--cluster-node-timeout",
                    "1000",
                    "--cluster-announce-ip",
                    "127.0.0.1",
                    "--repl-diskless-sync-delay",
                    "0",
                    "--cluster-replica-validity-factor",
                    "0"));
            all.addAll(options);
            nodes.add(RedisServer.start(all.toArray(String[]::new)));
        }
        for (int i = 0; i < MASTERS; i++) {
            int from = i * SLOTS / MASTERS;
            int to = (i + 1) * SLOTS / MASTERS - 1;
            node(i).ask("CLUSTER", "ADDSLOTSRANGE", Integer.toString(from), Integer.toString(to));
        }
        for (int i = 0; i < nodes.size(); i++) {
            node(i).ask("CLUSTER", "SET-CONFIG-EPOCH", Integer.toString(i + 1));
            node(i).ask("CLUSTER", "MEET", "127.0.0.1", Integer.toString(node(0).port()));
        }
        everyNode("cluster_known_nodes:" + nodes.size());
        for (int i = MASTERS; i < number; i++) {
            node(i).ask("CLUSTER", "REPLICATE", node(i - MASTERS).ask("CLUSTER", "MYID"));
        }
        everyNode("cluster_state:ok");
        await(
                "replicas",
                () -> nodes.subList(0, number - MASTERS).stream()
                        .allMatch(it -> it.ask("INFO", "replication").contains("state=online")));
    }

    private void everyNode(String word) {
        await(
                word,
                () -> nodes.stream().allMatch(it -> it.ask("CLUSTER", "INFO").contains(word)));
    }

    private void await(String what, BooleanSupplier holds) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException(
                        "the cluster is not ready, still waiting for " + what + ":\n" + node(0).ask("CLUSTER", "INFO"));
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** First the three masters, in the order of their slots, then the replica of each. Roles change with a failover. */
    public List<RedisServer> nodes() {
        return List.copyOf(nodes);
    }

    private RedisServer node(int index) {
        return nodes.get(index);
    }

    /**
     * Sends one command to the master that serves its key.
     *
     * @throws IllegalStateException if none does, or it answers with another error
     */
    public String ask(String... words) {
        IllegalStateException moved = new IllegalStateException("there is no master");
        for (RedisServer master : nodes.subList(0, MASTERS)) {
            try {
                return master.ask(words);
            } catch (IllegalStateException e) {
                moved = e;
                if (!String.valueOf(e.getMessage()).contains(": -MOVED ")) {
                    throw e;
                }
            }
        }
        throw moved;
    }

    /** All nodes: {@code redis-cluster://127.0.0.1:port,127.0.0.1:port...}. */
    public String url() {
        return "redis-cluster://"
                + nodes.stream().map(it -> "127.0.0.1:" + it.port()).collect(Collectors.joining(","));
    }

    @Override
    public void close() {
        nodes.forEach(RedisServer::close);
        nodes.clear();
    }
}
