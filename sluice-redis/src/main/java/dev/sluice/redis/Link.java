package dev.sluice.redis;

import dev.sluice.StoreException;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections to one server, or to the nodes of one cluster. A command that finds no connection, or too many before
 * it, fails at once; none is sent again on a new connection, because its caller has its answer by then.
 */
final class Link {
    private static final Duration SHUTDOWN = Duration.ofSeconds(2);
    private static final Duration FIRST_RETRY = Duration.ofMillis(20);
    private static final Duration LAST_RETRY = Duration.ofSeconds(1);
    private static final Duration TOPOLOGY = Duration.ofSeconds(5);
    private static final Duration TOPOLOGY_AT_MOST_EVERY = Duration.ofMillis(500);

    /** How many commands in a row may go unanswered, in time-outs, before the connection is given up. */
    private static final int SILENCE = 3;

    private final ClientResources resources;
    private final AbstractRedisClient client;
    private final StatefulConnection<byte[], byte[]> connection;
    private volatile @Nullable StatefulConnection<byte[], byte[]> second;

    private Link(ClientResources resources, AbstractRedisClient client, StatefulConnection<byte[], byte[]> connection) {
        this.resources = resources;
        this.client = client;
        this.connection = connection;
    }

    /** @throws StoreException if the server is not there, or refuses the user */
    static Link open(Address address, RedisSettings settings) {
        ClientResources resources = resources(settings);
        AbstractRedisClient client = client(resources, address, settings);
        try {
            return new Link(resources, client, connect(client));
        } catch (RedisException e) {
            close(client, resources);
            throw new Refusals(address).of(e.getCause() == null ? e : e.getCause());
        }
    }

    private static AbstractRedisClient client(ClientResources resources, Address address, RedisSettings settings) {
        // For the first words on a connection; commands have a limit of their own, which a process that has just begun
        // to load its classes would exceed here.
        address.nodes().forEach(node -> node.setTimeout(settings.connectTimeout()));
        if (address.isCluster()) {
            RedisClusterClient cluster = RedisClusterClient.create(resources, address.nodes());
            cluster.setOptions(clusterOptions(settings));
            return cluster;
        }
        RedisClient single = RedisClient.create(resources, address.nodes().get(0));
        single.setOptions(options(ClientOptions.builder(), settings));
        return single;
    }

    private static StatefulConnection<byte[], byte[]> connect(AbstractRedisClient client) {
        return client instanceof RedisClusterClient cluster
                ? cluster.connect(ByteArrayCodec.INSTANCE)
                : ((RedisClient) client).connect(ByteArrayCodec.INSTANCE);
    }

    private static ClientResources resources(RedisSettings settings) {
        Duration silence = settings.timeout().multipliedBy(SILENCE);
        NettyCustomizer customizer = new NettyCustomizer() {
            @Override
            public void afterChannelInitialized(Channel channel) {
                channel.pipeline().addFirst(new SilentPeer(silence));
            }
        };
        return ClientResources.builder()
                .nettyCustomizer(customizer)
                .reconnectDelay(
                        () -> Delay.equalJitter(FIRST_RETRY, LAST_RETRY, FIRST_RETRY.toMillis(), TimeUnit.MILLISECONDS))
                .build();
    }

    private static ClusterClientOptions clusterOptions(RedisSettings settings) {
        ClusterClientOptions.Builder builder = ClusterClientOptions.builder();
        builder.topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                .refreshTriggersReconnectAttempts(1)
                .adaptiveRefreshTriggersTimeout(TOPOLOGY_AT_MOST_EVERY)
                .enablePeriodicRefresh(TOPOLOGY)
                .build());
        return (ClusterClientOptions) options(builder, settings);
    }

    private static ClientOptions options(ClientOptions.Builder builder, RedisSettings settings) {
        SslOptions.Builder tls = SslOptions.builder().jdkSslProvider().handshakeTimeout(settings.connectTimeout());
        settings.trusted().ifPresent(file -> tls.trustManager(file.toFile()));
        builder.disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .replayFilter(command -> true)
                .requestQueueSize(settings.queue())
                .timeoutOptions(TimeoutOptions.enabled(settings.timeout()))
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(settings.connectTimeout())
                        .keepAlive(true)
                        .build())
                .sslOptions(tls.build());
        return builder.build();
    }

    /** Commands on the shared connection: they are sent in the order of the calls, without waiting for each other. */
    @SuppressWarnings("unchecked")
    RedisClusterAsyncCommands<byte[], byte[]> commands() {
        return connection instanceof StatefulRedisClusterConnection
                ? ((StatefulRedisClusterConnection<byte[], byte[]>) connection).async()
                : ((StatefulRedisConnection<byte[], byte[]>) connection).async();
    }

    /** The shared connection, for many commands at once. */
    StatefulConnection<byte[], byte[]> connection() {
        return connection;
    }

    /**
     * Commands for each node that holds keys, each on the connection that commands for its keys use: what needs a
     * connection that is not open yet would be refused.
     */
    List<RedisClusterAsyncCommands<byte[], byte[]>> masters() {
        List<RedisClusterAsyncCommands<byte[], byte[]>> masters = new ArrayList<>();
        if (connection instanceof StatefulRedisClusterConnection<byte[], byte[]> cluster) {
            cluster.getPartitions().stream()
                    .filter(node -> node.getRole().isUpstream() && !node.hasNoSlots())
                    .forEach(node -> masters.add(cluster.getConnection(
                                    node.getUri().getHost(), node.getUri().getPort())
                            .async()));
        } else {
            masters.add(commands());
        }
        return masters;
    }

    boolean isCluster() {
        return connection instanceof StatefulRedisClusterConnection;
    }

    /** Which node serves a key. */
    String node(byte[] key) {
        return connection instanceof StatefulRedisClusterConnection<byte[], byte[]> cluster
                ? cluster.getPartitions()
                        .getPartitionBySlot(SlotHash.getSlot(key))
                        .getNodeId()
                : "";
    }

    /** Opens the connection of {@link #second}. */
    void openSecond() {
        second = connect(client);
    }

    /** Commands to the node of a key, on a connection that nothing else uses. */
    CompletionStage<RedisClusterAsyncCommands<byte[], byte[]>> second(byte[] key) {
        if (second instanceof StatefulRedisClusterConnection<byte[], byte[]> cluster) {
            return cluster.getConnectionAsync(node(key)).thenApply(StatefulRedisConnection::async);
        } else if (second instanceof StatefulRedisConnection<byte[], byte[]> single) {
            return CompletableFuture.completedStage(single.async());
        }
        throw new IllegalStateException("the second connection was never opened");
    }

    AbstractRedisClient client() {
        return client;
    }

    /** A further connection, for what is published. */
    StatefulRedisPubSubConnection<byte[], byte[]> subscriber() {
        return client instanceof RedisClusterClient cluster
                ? cluster.connectPubSub(ByteArrayCodec.INSTANCE)
                : ((RedisClient) client).connectPubSub(ByteArrayCodec.INSTANCE);
    }

    void close() {
        connection.close();
        closeSecond();
        close(client, resources);
    }

    private void closeSecond() {
        StatefulConnection<byte[], byte[]> opened = second;
        if (opened != null) {
            opened.close();
        }
    }

    private static void close(AbstractRedisClient client, ClientResources resources) {
        client.shutdown(Duration.ZERO, SHUTDOWN);
        resources.shutdown(0, SHUTDOWN.toMillis(), TimeUnit.MILLISECONDS).awaitUninterruptibly();
    }
}
