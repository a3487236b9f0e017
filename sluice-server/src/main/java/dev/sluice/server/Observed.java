package dev.sluice.server;

import dev.sluice.SubjectRecipe;
import dev.sluice.outbox.Acceptance;
import dev.sluice.outbox.Occurrence;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.http.Loudest;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/** What a running server saw of its flows, for the statistics. Bounded in memory; safe for use by many threads. */
final class Observed {
    /** Counting keys may take this share of the time of one reader, one part in so many. */
    private static final int SHARE = 20;

    private final Map<String, Seen> flows = new TreeMap<>();

    Observed(Iterable<FlowConfig> flows, ToLongFunction<String> keys) {
        flows.forEach(flow -> this.flows.put(flow.name(), new Seen(flow, keys)));
    }

    /** An occurrence was decided. */
    void decided(Occurrence occurrence, Acceptance.Decided decided) {
        Seen seen = flows.get(decided.key().flow());
        if (seen != null) {
            seen.decided(occurrence, decided);
        }
    }

    Loudest loudest(String flow) {
        Seen seen = flows.get(flow);
        return seen == null ? Loudest.NOBODY : new Loudest(seen.suppressed.top(), seen.sources.top());
    }

    /** How many keys a flow has: counted now, unless that would take too much of the time. */
    long tracked(String flow) {
        Seen seen = flows.get(flow);
        return seen == null ? 0 : seen.tracked();
    }

    private static final class Seen {
        private final FlowConfig flow;
        private final ToLongFunction<String> keys;
        private final boolean hasSources;
        private final Board suppressed = new Board();
        private final Board sources = new Board();
        private long tracked;
        private long goodUntil = System.nanoTime();

        Seen(FlowConfig flow, ToLongFunction<String> keys) {
            this.flow = flow;
            this.keys = keys;
            this.hasSources = flow.subject() instanceof SubjectRecipe.Spelled spelled
                    && !spelled.fields().isEmpty();
        }

        void decided(Occurrence occurrence, Acceptance.Decided decided) {
            String subject =
                    occurrence.subjectText().isEmpty() ? occurrence.key().subject() : occurrence.subjectText();
            if (hasSources) {
                sources.count(firstPart(subject));
            }
            boolean would = decided.detail().orElse(null) instanceof Acceptance.Would;
            if (would || decided.word().equals("suppress")) {
                suppressed.count(subject);
            }
        }

        /** Small tables are counted anew each time; the count of a large one holds for a while. */
        synchronized long tracked() {
            long now = System.nanoTime();
            if (now - goodUntil >= 0) {
                tracked = keys.applyAsLong(flow.name());
                long took = System.nanoTime() - now;
                goodUntil = now + (took < TimeUnit.MILLISECONDS.toNanos(5) ? 0 : took * SHARE);
            }
            return tracked;
        }

        /** Up to the first slash that stands between parts. */
        private static String firstPart(String subject) {
            for (int i = 0; i < subject.length(); i++) {
                if (subject.charAt(i) == '\\') {
                    i++;
                } else if (subject.charAt(i) == '/') {
                    return subject.substring(0, i);
                }
            }
            return subject;
        }
    }
}
