package dev.sluice.server.channel;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalInt;
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
        return BoundedText.beginning(MOST_ANSWER);
    }
}
