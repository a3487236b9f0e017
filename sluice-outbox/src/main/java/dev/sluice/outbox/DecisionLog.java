package dev.sluice.outbox;

import dev.sluice.Key;
import dev.sluice.Reason;
import dev.sluice.Rule;
import dev.sluice.SubjectRecipe;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Writes the lines that operators look for when something was held, to the logger {@value #LOGGER}:
 *
 * <ul>
 *   <li>a flow that allows so many per window: INFO {@code Rate limited notification: {processor}/{error_type}} for the
 *       first one held in a window, WARNING {@code Rate limit exceeded for {subject}: suppressed {n} (total occurrences:
 *       {m})} for each 10th up to the 100th, then each time the number doubled;
 *   <li>what a budget refused: the INFO line alone, as many times as above, for all that the budget refused in its window;
 *   <li>a flow that allows one, or one at a time: INFO {@code Skipping {subject}: already sent} or
 *       {@code Skipping {subject}: already in progress} for the first, and for as many as above.
 * </ul>
 *
 * <p>What is counted here, refusals of budgets and what is running, is counted for {@value #MOST_KEYS} keys of an hour; of
 * further ones nothing is said.
 *
 * <p>The wording is stable. A line is written once the decision is committed, never for what goes out, and never for a
 * key that rests after a failure. Text from outside is cut to 200 characters, and what does not show is written out. Safe
 * for use by many threads; what logs nothing costs a comparison.
 */
public final class DecisionLog {
    /** The name of the logger. */
    public static final String LOGGER = "dev.sluice.decisions";

    private static final String PROCESSOR = "processor";
    private static final String ERROR_TYPE = "error_type";
    private static final int MOST_CHARS = 200;
    private static final int MOST_KEYS = 4_096;
    private static final Duration COUNTED_FOR = Duration.ofHours(1);
    private static final int EACH = 10;
    private static final int DOUBLING_FROM = 100;

    private final System.Logger log;
    private final InstantSource clock;

    /** What was said last of the keys that were spoken of last; a repeated answer says nothing twice. */
    private final Map<Key, Said> said = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Said> eldest) {
            return size() > MOST_KEYS;
        }
    };

    /** What was counted here, the key that was quiet for longest first. */
    private final Map<Key, Counted> counted = new LinkedHashMap<>(16, 0.75f, true);

    /** Writes to the logger {@value #LOGGER}. */
    public DecisionLog() {
        this(System.getLogger(LOGGER), InstantSource.system());
    }

    DecisionLog(System.Logger log, InstantSource clock) {
        this.log = log;
        this.clock = clock;
    }

    /**
     * @param next when the window that it was about is over
     * @param held how many had been held
     */
    private record Said(Optional<Instant> next, long held) {}

    /** @param at when it was counted last */
    private record Counted(Optional<Instant> next, long held, Instant at) {}

    /**
     * An occurrence was decided.
     *
     * @param plan its flow
     * @param values its {@code processor} and {@code error_type}; without both, its subject stands for them
     */
    public void decided(FlowPlan plan, Occurrence occurrence, Map<String, String> values, Acceptance answer) {
        if (!(answer instanceof Acceptance.Decided decided)) {
            return;
        }
        // Its variants speak as the flow does: one flow has one kind of line.
        Rule rule = plan.rules().get("");
        boolean held = decided.word().equals("suppress");
        boolean refused = decided.reason().equals(Reason.BUDGET.word());
        if (held && rule != null && allowsOne(rule) && !refused) {
            skipped(rule, occurrence, decided);
        } else if (held) {
            limited(occurrence, values, decided);
        } else if (rule != null && rule.exclusive()) {
            forget(decided.key());
        }
    }

    /** {@code once ...} and {@code exclusive} rest after a failure; {@code 1 per D} is a count like any other. */
    private static boolean allowsOne(Rule rule) {
        return rule.exclusive() || (rule.limit() == 1 && rule.backoff().isPresent());
    }

    private void limited(Occurrence occurrence, Map<String, String> values, Acceptance.Decided decided) {
        if (decided.detail().orElse(null) instanceof Acceptance.Refused refused) {
            // However many different subjects a budget refuses, they are one to the log.
            if (isDue(counted(refused.budget(), decided.next()))) {
                log.log(Level.INFO, "Rate limited notification: " + source(occurrence, values, decided));
            }
            return;
        }
        long held = decided.counts().held();
        if (decided.reason().equals(Reason.BACKOFF.word()) || !isDue(held) || !isNews(decided, held)) {
            return;
        }
        if (held == 1) {
            log.log(Level.INFO, "Rate limited notification: " + source(occurrence, values, decided));
        } else {
            log.log(
                    Level.WARNING,
                    "Rate limit exceeded for " + subject(occurrence, decided) + ": suppressed " + held
                            + " (total occurrences: " + decided.counts().occurrences() + ")");
        }
    }

    private void skipped(Rule rule, Occurrence occurrence, Acceptance.Decided decided) {
        boolean sent = decided.reason().equals(Reason.LIMIT.word());
        boolean running = decided.reason().equals(Reason.IN_FLIGHT.word());
        if (!sent && !running) {
            return;
        }
        // Without a window, what is held is told at once: the number is counted here, from one pass to the next.
        long held = rule.exclusive()
                ? counted(decided.key(), Optional.empty())
                : decided.counts().held();
        if (isDue(held) && (rule.exclusive() || isNews(decided, held))) {
            String how = sent ? ": already sent" : ": already in progress";
            log.log(Level.INFO, "Skipping " + subject(occurrence, decided) + how);
        }
    }

    private static boolean isDue(long held) {
        long hundreds = held / DOUBLING_FROM;
        return held == 1
                || (held <= DOUBLING_FROM
                        ? held > 0 && held % EACH == 0
                        : held % DOUBLING_FROM == 0 && Long.bitCount(hundreds) == 1);
    }

    private synchronized boolean isNews(Acceptance.Decided decided, long held) {
        Said now = new Said(decided.next(), held);
        Said before = said.put(decided.key(), now);
        boolean news = before == null || !before.next.equals(now.next) || before.held < held;
        if (!news) {
            said.put(decided.key(), before);
        }
        return news;
    }

    /** How many of the key were held until {@code next}; 0 if there are too many keys to know. */
    private synchronized long counted(Key key, Optional<Instant> next) {
        Instant now = clock.instant();
        Counted before = counted.get(key);
        if (before == null && !hasRoom(now)) {
            return 0;
        }
        long held = before == null || !before.next.equals(next) ? 1 : before.held + 1;
        counted.put(key, new Counted(next, held, now));
        return held;
    }

    /** A key that is heard of still keeps its place: without it, each of too many keys would be new each time. */
    private boolean hasRoom(Instant now) {
        if (counted.size() < MOST_KEYS) {
            return true;
        }
        Iterator<Counted> quietest = counted.values().iterator();
        if (Duration.between(quietest.next().at, now).abs().compareTo(COUNTED_FOR) < 0) {
            return false;
        }
        quietest.remove();
        return true;
    }

    private synchronized void forget(Key key) {
        counted.remove(key);
    }

    private static String source(Occurrence occurrence, Map<String, String> values, Acceptance.Decided decided) {
        return values.getOrDefault(PROCESSOR, "").isBlank()
                        && values.getOrDefault(ERROR_TYPE, "").isBlank()
                ? subject(occurrence, decided)
                : part(values, PROCESSOR) + "/" + part(values, ERROR_TYPE);
    }

    private static String part(Map<String, String> values, String name) {
        String value = values.getOrDefault(name, "").strip();
        return plain(value.isEmpty() ? SubjectRecipe.DEFAULTS.getOrDefault(name, "") : value);
    }

    private static String subject(Occurrence occurrence, Acceptance.Decided decided) {
        boolean whole = occurrence.subjectText().isEmpty() || !occurrence.key().equals(decided.key());
        return plain(whole ? decided.key().subject() : occurrence.subjectText());
    }

    /** One short line in which everything shows. */
    private static String plain(String text) {
        StringBuilder line = new StringBuilder();
        int length = 0;
        for (int at = 0; at < text.length(); at += Character.charCount(text.codePointAt(at))) {
            int point = text.codePointAt(at);
            if (++length > MOST_CHARS) {
                return line.append('…').toString();
            } else if (shows(point)) {
                line.appendCodePoint(point);
            } else {
                line.append(String.format("\\u%04x", point));
            }
        }
        return line.toString();
    }

    private static boolean shows(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
