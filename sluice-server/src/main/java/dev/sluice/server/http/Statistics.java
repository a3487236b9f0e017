package dev.sluice.server.http;

import dev.sluice.Books;
import dev.sluice.Bucket;
import dev.sluice.server.config.FlowConfig;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What became of the occurrences of a flow, or of all flows, since its books were opened.
 *
 * @param tracked subjects that are known now; one that can have no effect any more is forgotten
 * @param occurrences all that were acknowledged
 * @param sent those that were let through and not given up: delivered, assumed to be, or on their way; in shadow only
 *     those that the rule would have let through
 * @param suppressed those that were held, told in a digest or not; in shadow those that the rule would have held
 */
public record Statistics(long tracked, long occurrences, long sent, long suppressed) {
    /** Of nothing. */
    public static final Statistics NONE = new Statistics(0, 0, 0, 0);

    /** Those of each flow, in the order of the configuration. May block. */
    public static Map<FlowConfig, Statistics> ofAll(Engine engine) {
        Map<String, Books> books = engine.books();
        Map<FlowConfig, Statistics> byFlow = new LinkedHashMap<>();
        for (FlowConfig flow : engine.flows()) {
            byFlow.put(flow, of(books.getOrDefault(flow.name(), Books.EMPTY), engine.tracked(flow.name())));
        }
        return byFlow;
    }

    /** Those of a flow. May block. */
    public static Statistics of(Engine engine, FlowConfig flow) {
        return of(engine.books().getOrDefault(flow.name(), Books.EMPTY), engine.tracked(flow.name()));
    }

    /** Those of the given books. */
    static Statistics of(Books books, long tracked) {
        long in = books.get(Bucket.IN);
        long shadowed = books.get(Bucket.SHADOWED);
        long out = books.get(Bucket.PENDING) + books.get(Bucket.DELIVERED) + books.get(Bucket.ASSUMED);
        long held =
                books.get(Bucket.HELD) + books.get(Bucket.OWED) + books.get(Bucket.REPORTED) + books.get(Bucket.KEPT);
        // Those of shadow may have left what is out, as dead: so what they are taken from is all that came.
        long sent = Math.max(0, Math.min(out, in - held - shadowed));
        return new Statistics(tracked, in, sent, held + shadowed);
    }

    /** Those of two flows together. */
    public Statistics plus(Statistics other) {
        return new Statistics(
                tracked + other.tracked,
                occurrences + other.occurrences,
                sent + other.sent,
                suppressed + other.suppressed);
    }

    /** The share of occurrences that was suppressed, 0 to 1; 0 where there are none. */
    public double suppressionRate() {
        return occurrences == 0 ? 0 : (double) suppressed / occurrences;
    }
}
