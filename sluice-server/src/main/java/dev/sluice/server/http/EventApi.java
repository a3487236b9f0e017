package dev.sluice.server.http;

import dev.sluice.Books;
import dev.sluice.StoreException;
import dev.sluice.outbox.Progress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Streams what changed, as server-sent events. What is told is how things stand, never a difference: a client that lost
 * its connection misses nothing by connecting again. While nobody listens, nothing is read.
 */
final class EventApi {
    /** Streams at one time; a console page has one each. */
    static final int MOST_STREAMS = 64;

    /** How old what is told may be. */
    static final Duration TICK = Duration.ofMillis(500);

    private final Engine engine;
    private final AtomicInteger streams = new AtomicInteger();
    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile Standing latest = new Standing(0, Map.of(), new Progress(0, 0, 0));

    EventApi(Engine engine) {
        this.engine = engine;
    }

    /** How everything stood when it was read last; a higher number is a later one, and differs. */
    record Standing(long number, Map<String, Books> books, Progress progress) {}

    List<Route> routes() {
        return List.of(new Route("GET", "/events", this::events));
    }

    private void events(Exchange exchange) {
        Faults faults = new Faults();
        Query query = exchange.query(Set.of("flow"), faults);
        faults.check();
        query.text("flow").ifPresent(name -> FlowApi.flow(engine, name));
        if (streams.incrementAndGet() > MOST_STREAMS) {
            streams.decrementAndGet();
            throw new Refusal(Problem.Kind.AWAY, "there are " + MOST_STREAMS + " streams already, which is the most");
        }
        new EventStream(exchange, query.text("flow"), this).begin(streams::decrementAndGet);
    }

    /** What was read last; asks a worker to look again. */
    Standing standing(Exchange exchange) {
        if (looking.compareAndSet(false, true)) {
            try {
                exchange.blocking(this::look, now -> {});
            } catch (Refusal busy) {
                looking.set(false);
            }
        }
        return latest;
    }

    /** While the store is away the streams stay, and tell what was read last. */
    private synchronized Standing look() {
        try {
            Map<String, Books> books = engine.books();
            Progress progress = engine.progress();
            if (!books.equals(latest.books) || !progress.equals(latest.progress)) {
                latest = new Standing(latest.number + 1, books, progress);
            }
        } catch (StoreException e) {
            System.getLogger(EventApi.class.getName())
                    .log(System.Logger.Level.DEBUG, "the store did not answer: {0}", e.getMessage());
        } finally {
            looking.set(false);
        }
        return latest;
    }
}
