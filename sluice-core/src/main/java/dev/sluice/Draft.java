package dev.sluice;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** A state while one step works on it. The fields are those of {@link State}. */
final class Draft {
    private static final int MIN_SETTLED = 4;

    /** A charged rule may allow millions, and what is remembered of them must stay small: Lua unpacks under 8,000 bytes. */
    private static final int MAX_SETTLED = 256;

    private static final int MAX_REPORTERS = 64;

    long touched = Micros.ABSENT;
    long lastSeen = Micros.ABSENT;
    long fence;
    long armed;
    long start = Micros.ABSENT;
    int done;
    List<Live> live = List.of();
    List<Settled> settled = List.of();
    int failures;
    long retryAt = Micros.ABSENT;
    long resetAt = Micros.ABSENT;
    long seen;
    long held;
    long first = Micros.ABSENT;
    long last = Micros.ABSENT;

    @Nullable
    Out out;

    OptionalDouble mark = OptionalDouble.empty();
    List<Reporter> reporters = List.of();

    Draft() {}

    Draft(State from) {
        touched = from.touched();
        lastSeen = from.lastSeen();
        fence = from.fence();
        armed = from.armed();
        start = from.start();
        done = from.done();
        live = from.live();
        settled = from.settled();
        failures = from.failures();
        retryAt = from.retryAt();
        resetAt = from.resetAt();
        seen = from.seen();
        held = from.held();
        first = from.first();
        last = from.last();
        out = from.out();
        mark = from.mark();
        reporters = from.reporters();
    }

    int used() {
        return done + live.size();
    }

    long nextFence(long at) {
        fence = Math.max(fence + 1, at);
        return fence;
    }

    void add(Live claim) {
        List<Live> more = new ArrayList<>(live);
        more.add(claim);
        live = more;
    }

    void replace(Live before, Live after) {
        List<Live> changed = new ArrayList<>(live);
        changed.replaceAll(claim -> claim.fence() == before.fence() ? after : claim);
        live = changed;
    }

    void settle(Live claim, Settled.End end, int limit) {
        settle(claim, claim.id(), end, limit);
    }

    /** Keeps under {@code id} how the claim ended. */
    void settle(Live claim, long id, Settled.End end, int limit) {
        List<Live> fewer = new ArrayList<>(live);
        fewer.remove(claim);
        live = fewer;
        remember(new Settled(claim.fence(), id, end), limit);
    }

    void remember(Settled ended, int limit) {
        List<Settled> more = new ArrayList<>(settled);
        more.add(ended);
        int most = Math.min(Math.max(MIN_SETTLED, limit), MAX_SETTLED);
        settled = more.size() > most ? more.subList(more.size() - most, more.size()) : more;
    }

    void replace(Settled before, Settled after) {
        List<Settled> changed = new ArrayList<>(settled);
        changed.replaceAll(ended -> ended.fence() == before.fence() ? after : ended);
        settled = changed;
    }

    /** Whether the report of this reporter is a new one; from then on it is not. */
    boolean hears(long reporter, long sequence) {
        for (Reporter known : reporters) {
            if (known.id() == reporter && sequence <= known.last()) {
                return false;
            }
        }
        List<Reporter> heard = new ArrayList<>(reporters);
        heard.removeIf(known -> known.id() == reporter);
        heard.add(new Reporter(reporter, sequence));
        reporters = heard.size() > MAX_REPORTERS ? heard.subList(1, heard.size()) : heard;
        return true;
    }

    void count(long at, int times) {
        if (times > 0) {
            if (done == 0) {
                start = at;
            }
            done += times;
        }
    }

    /** Counts a claim that ended, unless the key was armed since it was given. */
    void count(Live claim, long at) {
        if (claim.fence() > armed) {
            count(at, 1);
            mark = claim.mark().isPresent() ? claim.mark() : mark;
        }
    }

    /** The mark of the newest pass that counts or will: one that is not settled yet may have been told already. */
    OptionalDouble newestMark() {
        for (int i = live.size() - 1; i >= 0; i--) {
            Live claim = live.get(i);
            if (claim.fence() > armed && claim.mark().isPresent()) {
                return claim.mark();
            }
        }
        return mark;
    }

    void hold(long howMany, long from, long to) {
        if (howMany > 0) {
            first = held == 0 ? from : Math.min(first, from);
            last = held == 0 ? to : Math.max(last, to);
            held += howMany;
        }
    }

    void closeWindow() {
        done = 0;
        start = Micros.ABSENT;
        mark = OptionalDouble.empty();
    }

    void emptyTally() {
        held = 0;
        first = Micros.ABSENT;
        last = Micros.ABSENT;
    }

    /** Moves every time back; fences never move back. */
    void shift(long by) {
        touched -= by;
        lastSeen = shifted(lastSeen, by);
        start = shifted(start, by);
        retryAt = shifted(retryAt, by);
        resetAt = shifted(resetAt, by);
        first = shifted(first, by);
        last = shifted(last, by);
        out = out == null ? null : out.shifted(by);
        live = live.stream().map(claim -> claim.extended(claim.until() - by)).toList();
    }

    private static long shifted(long time, long by) {
        return time == Micros.ABSENT ? time : time - by;
    }
}
