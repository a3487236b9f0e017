package dev.sluice.redis;

import dev.sluice.Key;
import dev.sluice.Store.Listener;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.RedisPubSubListener;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.nio.charset.StandardCharsets;

/** Tells a listener which keys were armed again, and when a connection was lost. */
final class Rearmed extends RedisPubSubAdapter<byte[], byte[]> implements RedisConnectionStateListener {
    private final Listener listener;
    private final Link link;
    private final Foreign foreign;
    private final StatefulRedisPubSubConnection<byte[], byte[]> connection;

    private Rearmed(Listener listener, Link link, Foreign foreign) {
        this.listener = listener;
        this.link = link;
        this.foreign = foreign;
        this.connection = link.subscriber();
    }

    static Rearmed tell(Listener listener, Link link, Names names, Foreign foreign) {
        Rearmed rearmed = new Rearmed(listener, link, foreign);
        link.client().addListener(rearmed);
        rearmed.connection.addListener((RedisPubSubListener<byte[], byte[]>) rearmed);
        rearmed.connection.sync().subscribe(names.rearmed());
        return rearmed;
    }

    @Override
    public void message(byte[] channel, byte[] message) {
        Key key;
        try {
            key = Key.parse(new String(message, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            foreign.found(message, e);
            return;
        }
        listener.rearmed(key);
    }

    @Override
    public void onRedisDisconnected(RedisChannelHandler<?, ?> lost) {
        listener.disconnected();
    }

    void close() {
        link.client().removeListener(this);
        connection.close();
    }
}
