package dev.sluice.server.channel;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/**
 * One POST under way: gives out the body, takes in the beginning of the answer, and notes how far both have come. The
 * client asks for the body only when it has a connection and has written the headers; so a body that nobody asked for
 * was not sent.
 */
final class Posting implements HttpRequest.BodyPublisher, HttpResponse.BodyHandler<String> {
    private static final int MOST_ANSWER = 4_096;

    private final HttpRequest.BodyPublisher body;
    private volatile boolean begun;
    private volatile OptionalInt status = OptionalInt.empty();
    private volatile Optional<String> retryAfter = Optional.empty();

    Posting(byte[] body) {
        this.body = HttpRequest.BodyPublishers.ofByteArray(body);
    }

    /** Whether the body, or a part of it, may have left. */
    boolean begun() {
        return begun;
    }

    /** The status of the answer, once its headers have come. */
    OptionalInt status() {
        return status;
    }

    /** What the header Retry-After said, once the headers have come. */
    Optional<String> retryAfter() {
        return retryAfter;
    }

    @Override
    public long contentLength() {
        return body.contentLength();
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
        begun = true;
        body.subscribe(subscriber);
    }

    @Override
    public HttpResponse.BodySubscriber<String> apply(HttpResponse.ResponseInfo info) {
        retryAfter = info.headers().firstValue("Retry-After");
        status = OptionalInt.of(info.statusCode());
        return new Beginning();
    }

    /** Reads no more than {@value #MOST_ANSWER} bytes, whatever the server has to say. */
    private static final class Beginning implements HttpResponse.BodySubscriber<String> {
        private final CompletableFuture<String> text = new CompletableFuture<>();
        private final StringBuilder read = new StringBuilder();
        private Flow.Subscription subscription = new Flow.Subscription() {
            @Override
            public void request(long more) {}

            @Override
            public void cancel() {}
        };

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
            // A letter that is cut in two here is shown as unreadable, which does no harm.
            buffers.forEach(buffer -> read.append(StandardCharsets.UTF_8.decode(buffer)));
            if (read.length() < MOST_ANSWER) {
                subscription.request(1);
            } else {
                subscription.cancel();
                onComplete();
            }
        }

        @Override
        public void onError(Throwable failure) {
            onComplete();
        }

        @Override
        public void onComplete() {
            text.complete(read.toString());
        }
    }
}
