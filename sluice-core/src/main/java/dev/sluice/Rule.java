package dev.sluice;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a flow allows: how many completions in which window, and what happens to the rest. Immutable, safe for use by
 * many threads. Rules are never stored; the rule at hand applies to the state that is there.
 *
 * <pre>{@code
 * Rule errors = Rule.allow("5 per 1h").summaryAt(3).build();
 * Rule margin = Rule.allow("once per 3h").build();
 * Rule job = Rule.allow("exclusive").lease(Duration.ofSeconds(30)).build();
 * }</pre>
 */
public final class Rule {
    /** Most claims that one key may have out at once; a higher limit must count without claims. */
    public static final int MAX_CLAIMED_LIMIT = 64;

    /** How long a claim lives unless the rule says otherwise. */
    public static final Duration DEFAULT_LEASE = Duration.ofSeconds(30);

    /** After how long an episode that nobody reset is forgotten, unless the rule says otherwise. */
    public static final Duration DEFAULT_IDLE = Duration.ofDays(7);

    /** How long a decision waits for its store, unless the rule says otherwise. */
    public static final Duration DEFAULT_ANSWER_WITHIN = Duration.ofSeconds(1);

    private final int limit;
    private final long window;
    private final int summaryAt;
    private final Digest digest;
    private final long lease;
    private final OnLost onLost;
    private final Optional<Backoff> backoff;
    private final OnReset onReset;
    private final long idle;
    private final boolean charged;
    private final OnOutage onOutage;
    private final long answerWithin;

    private Rule(Rule other, Digest how) {
        limit = other.limit;
        window = other.window;
        summaryAt = other.summaryAt;
        digest = how;
        lease = other.lease;
        onLost = other.onLost;
        backoff = other.backoff;
        onReset = other.onReset;
        idle = other.idle;
        charged = other.charged;
        onOutage = other.onOutage;
        answerWithin = other.answerWithin;
    }

    private Rule(Builder from) {
        limit = from.limit;
        window = from.window;
        summaryAt = from.summaryAt >= 2 && from.summaryAt <= from.limit ? from.summaryAt : 0;
        digest = from.digest;
        lease = Micros.of(from.lease);
        onLost = from.onLost;
        backoff = from.backoff;
        onReset = from.onReset;
        idle = Micros.of(from.idle);
        charged = from.charged;
        onOutage = from.outage();
        answerWithin = Micros.of(from.answerWithin);
    }

    /**
     * Begins a rule with its allowance: {@code N per D}, {@code once per D}, {@code once until reset} or
     * {@code exclusive}, where D is a length of time as {@link DurationText} reads it.
     *
     * @throws IllegalArgumentException if the text is none of these, or allows nothing
     */
    public static Builder allow(String allowance) {
        return new Builder(allowance);
    }

    /** Most completions in one window, at least 1. */
    public int limit() {
        return limit;
    }

    /** Length of the window in microseconds: 0 for exclusive, {@link Micros#FOREVER} until a reset. */
    public long window() {
        return window;
    }

    /** The use of the window at which a pass is a summary, 2 to limit; 0 for never. */
    public int summaryAt() {
        return summaryAt;
    }

    /** How held occurrences are told. */
    public Digest digest() {
        return digest;
    }

    /** How long a claim lives before it is lost, in microseconds. */
    public long lease() {
        return lease;
    }

    /** What a lost claim counts as. */
    public OnLost onLost() {
        return onLost;
    }

    /** How the key rests after a failed release; empty if it does not. */
    public Optional<Backoff> backoff() {
        return backoff;
    }

    /** What a reset does. */
    public OnReset onReset() {
        return onReset;
    }

    /** Under {@code once until reset}: microseconds without an occurrence after which the episode ends. */
    public long idle() {
        return idle;
    }

    /** Whether passes count at once, without a claim and without refund: the form of a budget. */
    public boolean charged() {
        return charged;
    }

    /** Whether at most one holder at a time is all that the rule asks. */
    public boolean exclusive() {
        return window == 0;
    }

    /** What is answered while the store is away; {@link OnOutage#CLOSED} if the rule is exclusive. */
    public OnOutage onOutage() {
        return onOutage;
    }

    /** How long a decision waits for a shared store, in microseconds; then {@link #onOutage} decides. */
    public long answerWithin() {
        return answerWithin;
    }

    boolean finite() {
        return window != Micros.FOREVER;
    }

    /** The same rule, that tells nobody what was held. */
    Rule untold() {
        return new Rule(this, Digest.OFF);
    }

    /** The allowance in words, as {@link #allow} reads it. */
    public String allowance() {
        if (exclusive()) {
            return "exclusive";
        }
        if (!finite()) {
            return "once until reset";
        }
        String length = DurationText.format(Micros.duration(window));
        return limit == 1 ? "once per " + length : limit + " per " + length;
    }

    @Override
    public String toString() {
        return allowance();
    }

    /** Collects what a rule says beyond its allowance. Not safe for use by several threads. */
    public static final class Builder {
        private static final Pattern TOO_MANY = Pattern.compile("\\d{10,} per \\S+");
        private static final Pattern COUNTED = Pattern.compile("(once|\\d{1,9}) per (\\S+)");

        private final int limit;
        private final long window;
        private int summaryAt;
        private Digest digest;
        private Duration lease = DEFAULT_LEASE;
        private OnLost onLost = OnLost.RETRY;
        private Optional<Backoff> backoff;
        private OnReset onReset = OnReset.REARM;
        private Duration idle = DEFAULT_IDLE;
        private boolean charged;
        private Optional<OnOutage> onOutage = Optional.empty();
        private Duration answerWithin = DEFAULT_ANSWER_WITHIN;

        private Builder(String allowance) {
            String text = allowance.trim().replaceAll("\\s+", " ");
            Matcher counted = COUNTED.matcher(text);
            if (text.equals("exclusive")) {
                limit = 1;
                window = 0;
                digest = Digest.OFF;
            } else if (text.equals("once until reset")) {
                limit = 1;
                window = Micros.FOREVER;
                digest = Digest.WITH_NEXT;
            } else if (counted.matches()) {
                limit = counted.group(1).equals("once") ? 1 : Integer.parseInt(counted.group(1));
                window = Micros.of(DurationText.parse(counted.group(2)));
                digest = limit == 1 ? Digest.WITH_NEXT : Digest.AT_CLOSE;
            } else if (TOO_MANY.matcher(text).matches()) {
                throw new IllegalArgumentException(
                        "'" + allowance + "' allows more than can be counted; the most is 999999999");
            } else {
                throw new IllegalArgumentException("'" + allowance
                        + "' is no allowance; write 'N per 1h', 'once per 3h', 'once until reset' or 'exclusive'");
            }
            if (limit < 1) {
                throw new IllegalArgumentException("'" + allowance + "' allows nothing; the least is 1");
            }
            if (window == 0 && !text.equals("exclusive")) {
                throw new IllegalArgumentException(
                        "'" + allowance + "' has no window; for one holder at a time write 'exclusive'");
            }
            backoff = text.startsWith("once") || window == 0 ? Optional.of(Backoff.STANDARD) : Optional.empty();
        }

        /** The use of the window at which a pass says how many there were; below 2 or above the limit: never. */
        public Builder summaryAt(int use) {
            summaryAt = use;
            return this;
        }

        /** How held occurrences are told. */
        public Builder digest(Digest how) {
            digest = how;
            return this;
        }

        /** How long a claim lives, more than zero. */
        public Builder lease(Duration length) {
            lease = length;
            return this;
        }

        /** What a lost claim counts as. */
        public Builder onLost(OnLost what) {
            onLost = what;
            return this;
        }

        /** How the key rests after a failed release. */
        public Builder backoff(Backoff rests) {
            backoff = Optional.of(rests);
            return this;
        }

        /** The key does not rest after a failed release. */
        public Builder noBackoff() {
            backoff = Optional.empty();
            return this;
        }

        /** What a reset does. */
        public Builder onReset(OnReset what) {
            onReset = what;
            return this;
        }

        /** When an idle {@code once until reset} episode ends, more than zero. */
        public Builder forgetAfter(Duration length) {
            idle = length;
            return this;
        }

        /** Count passes at once, without claims: for budgets and limits above {@value Rule#MAX_CLAIMED_LIMIT}. */
        public Builder charged() {
            charged = true;
            return this;
        }

        /** What is answered while the store is away; {@link OnOutage#LOCAL} unless the rule is exclusive. */
        public Builder onOutage(OnOutage what) {
            onOutage = Optional.of(what);
            return this;
        }

        /** How long a decision waits for a shared store before it counts as away, at least a millisecond. */
        public Builder answerWithin(Duration length) {
            answerWithin = length;
            return this;
        }

        private OnOutage outage() {
            return onOutage.orElse(window == 0 ? OnOutage.CLOSED : OnOutage.LOCAL);
        }

        /**
         * The rule.
         *
         * @throws IllegalArgumentException if the parts contradict each other
         */
        public Rule build() {
            requireLength("lease", lease);
            requireLength("forget-after", idle);
            if (limit > MAX_CLAIMED_LIMIT && !charged) {
                throw new IllegalArgumentException(
                        "a limit above " + MAX_CLAIMED_LIMIT + " needs claims off (charged), and " + limit + " is");
            }
            if (window == 0 && digest != Digest.OFF) {
                throw new IllegalArgumentException("an exclusive rule has no window to tell, so its digest is off");
            }
            if (window == 0 && charged) {
                throw new IllegalArgumentException("an exclusive rule needs its claim; it cannot be charged");
            }
            if (window == 0 && outage() != OnOutage.CLOSED) {
                throw new IllegalArgumentException("while its store is away an exclusive rule can let nobody in: two"
                        + " processes would; leave on-outage out, or say closed");
            }
            if (answerWithin.compareTo(Duration.ofMillis(1)) < 0) {
                throw new IllegalArgumentException("answer-within must be at least 1ms");
            }
            requireLength("answer-within", answerWithin);
            return new Rule(this);
        }

        private static void requireLength(String name, Duration length) {
            if (Micros.of(length) < 1 || length.compareTo(Micros.LONGEST) > 0) {
                throw new IllegalArgumentException(name + " must be at least a microsecond and at most 36500d");
            }
        }
    }
}
