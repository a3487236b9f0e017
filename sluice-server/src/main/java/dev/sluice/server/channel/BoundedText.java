package dev.sluice.server.channel;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** What a server answers, as a text in UTF-8 of which no more is read than is wanted, whatever the server has to say. */
public final class BoundedText implements HttpResponse.BodySubscriber<String> {
    private final int most;
    private final boolean lenient;
    private final CompletableFuture<String> text = new CompletableFuture<>();
    private final ByteArrayOutputStream read = new ByteArrayOutputStream();
    private Flow.Subscription subscription = new Flow.Subscription() {
        @Override
        public void request(long more) {}

        @Override
        public void cancel() {}
    };

    private BoundedText(int most, boolean lenient) {
        this.most = most;
        this.lenient = lenient;
    }

    /** The first {@code most} bytes or a little more, or what came before the connection broke. */
    static BoundedText beginning(int most) {
        return new BoundedText(most, true);
    }

    /** As {@link #beginning}, but nothing if the connection broke. */
    public static BoundedText whole(int most) {
        return new BoundedText(most, false);
    }

    @Override
    public CompletionStage<String> getBody() {
        return text;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        given.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        for (ByteBuffer buffer : buffers) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            read.writeBytes(bytes);
        }
        if (read.size() < most) {
            subscription.request(1);
        } else {
            subscription.cancel();
            onComplete();
        }
    }

    @Override
    public void onError(Throwable failure) {
        if (lenient) {
            onComplete();
        } else {
            text.completeExceptionally(failure);
        }
    }

    @Override
    public void onComplete() {
        // A letter that is cut in two is shown as unreadable, which does no harm.
        text.complete(read.toString(StandardCharsets.UTF_8));
    }
}
