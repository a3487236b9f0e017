package dev.sluice.redis;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection on which something was asked and nothing came back for too long, so that a new one is tried. A
 * machine that vanished says nothing, and without this its connection would stay for a quarter of an hour.
 */
final class SilentPeer extends ChannelDuplexHandler {
    private final long patience;
    private long asked;
    private boolean waiting;

    SilentPeer(Duration patience) {
        this.patience = patience.toNanos();
    }

    @Override
    public void channelActive(ChannelHandlerContext context) throws Exception {
        look(context);
        super.channelActive(context);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the pipeline hears of both, nobody else waits for them
    private void look(ChannelHandlerContext context) {
        if (waiting && System.nanoTime() - asked > patience) {
            context.close();
        } else if (context.channel().isOpen()) {
            context.executor().schedule(() -> look(context), patience / 4 + 1, TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
        if (!waiting) {
            waiting = true;
            asked = System.nanoTime();
        }
        super.write(context, message, promise);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        waiting = false;
        super.channelRead(context, message);
    }
}
