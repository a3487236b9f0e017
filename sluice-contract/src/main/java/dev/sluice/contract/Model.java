package dev.sluice.contract;

import dev.sluice.Answer;
import dev.sluice.Backoff;
import dev.sluice.Books;
import dev.sluice.Bucket;
import dev.sluice.Digest;
import dev.sluice.Event;
import dev.sluice.Live;
import dev.sluice.Micros;
import dev.sluice.OnLost;
import dev.sluice.OnReset;
import dev.sluice.Out;
import dev.sluice.Reason;
import dev.sluice.Reporter;
import dev.sluice.Rule;
import dev.sluice.Settled;
import dev.sluice.State;
import dev.sluice.contract.Tally.Item;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A second reading of the semantics, written to be compared with the step and not to be fast: it keeps every occurrence
 * as an object that lies in one place, and never counts.
 */
final class Model {
    private static final long JITTER = Micros.of(Duration.ofSeconds(10));
    private static final int LEAST_SETTLED = 4;
    private static final int MOST_REPORTERS = 64;

    private final Rule rule;
    private final List<Item> items = new ArrayList<>();
    private final Map<Long, Item> claimed = new HashMap<>();

    private long touched = Micros.ABSENT;
    private long lastSeen = Micros.ABSENT;
    private long fence;
    private long armed;
    private long start = Micros.ABSENT;
    private int done;
    private final List<Live> live = new ArrayList<>();
    private final List<Settled> settled = new ArrayList<>();
    private int failures;
    private long retryAt = Micros.ABSENT;
    private long resetAt = Micros.ABSENT;
    private long seen;
    private final Tally tally = new Tally();
    private final List<Item> owed = new ArrayList<>();
    private @Nullable Out out;
    private OptionalDouble mark = OptionalDouble.empty();

    /** In the order of their last reports. */
    private final Map<Long, Long> reporters = new LinkedHashMap<>();

    private long overshoot;
    private long repeated;

    /** Something that happens by itself. */
    private record Due(long at, int rank, Runnable what) {}

    Model(Rule rule) {
        this.rule = rule;
    }

    Answer apply(Event event, long now) {
        long time = clock(now);
        advance(time);
        Answer answer = happen(event, time);
        advance(time);
        return answer;
    }

    private long clock(long now) {
        if (touched != Micros.ABSENT && now < touched) {
            if (touched - now <= JITTER) {
                return touched;
            }
            shift(touched - now);
        }
        touched = now;
        return now;
    }

    private void shift(long by) {
        lastSeen = back(lastSeen, by);
        start = back(start, by);
        retryAt = back(retryAt, by);
        resetAt = back(resetAt, by);
        live.replaceAll(it -> new Live(it.fence(), it.nonce(), it.id(), it.until() - by, it.summary(), it.mark()));
        tally.shift(by);
        Out waiting = out;
        if (waiting != null) {
            out = new Out(waiting.number(), waiting.held(), waiting.first() - by, waiting.last() - by, waiting.cause());
        }
    }

    private static long back(long time, long by) {
        return time == Micros.ABSENT ? time : time - by;
    }

    private void advance(long now) {
        for (Optional<Due> next = next(); next.isPresent() && next.get().at() <= now; next = next()) {
            next.get().what().run();
        }
    }

    private Optional<Due> next() {
        return dues().stream().min(Comparator.comparingLong(Due::at).thenComparingInt(Due::rank));
    }

    private List<Due> dues() {
        List<Due> dues = new ArrayList<>();
        live.forEach(claim -> dues.add(new Due(claim.until(), 1, () -> lose(claim))));
        if (resetAt != Micros.ABSENT) {
            long at = resetAt;
            dues.add(new Due(at, 2, () -> arm(Out.Cause.RESET, at)));
        }
        boolean finite = rule.window() != Micros.FOREVER;
        if (done > 0 && finite) {
            long at = start + rule.window();
            dues.add(new Due(at, 3, () -> windowOver(at)));
        }
        if (done == 0 && !tally.isEmpty() && out == null) {
            long at = tally.first() + (finite ? rule.window() : rule.idle());
            dues.add(new Due(at, 4, () -> close(Out.Cause.FAILED, at)));
        }
        if (lastSeen != Micros.ABSENT && !finite) {
            long at = lastSeen + rule.idle();
            dues.add(new Due(at, 5, () -> idle(at)));
        }
        return dues;
    }

    private void lose(Live claim) {
        Item item = end(claim, Settled.End.LOST);
        if (rule.onLost() == OnLost.RETRY) {
            tally.hold(item, claim.until());
        } else {
            item.where = Bucket.ASSUMED;
            went(claim, claim.until());
        }
    }

    private void windowOver(long at) {
        done = 0;
        start = Micros.ABSENT;
        mark = OptionalDouble.empty();
        close(Out.Cause.WINDOW, at);
    }

    private void idle(long at) {
        lastSeen = Micros.ABSENT;
        arm(Out.Cause.IDLE, at);
    }

    private void arm(Out.Cause cause, long at) {
        done = 0;
        start = Micros.ABSENT;
        mark = OptionalDouble.empty();
        failures = 0;
        retryAt = Micros.ABSENT;
        resetAt = Micros.ABSENT;
        armed = fence;
        close(cause, at);
    }

    private void close(Out.Cause cause, long at) {
        seen = 0;
        if (tally.isEmpty()) {
            return;
        }
        if (rule.digest() == Digest.OFF) {
            tally.leaveFor(Bucket.KEPT);
        } else if (out == null) {
            out = new Out(newFence(at), tally.size(), tally.first(), tally.last(), cause);
            owed.addAll(tally.leaveFor(Bucket.OWED));
        }
    }

    private Answer happen(Event event, long now) {
        if (event instanceof Event.Offer offer) {
            return offer(offer, now);
        } else if (event instanceof Event.Complete complete) {
            return complete(complete, now);
        } else if (event instanceof Event.Release release) {
            return release(release, now);
        } else if (event instanceof Event.Extend extend) {
            return extend(extend, now);
        } else if (event instanceof Event.Evict evict) {
            return evict(evict.fence());
        } else if (event instanceof Event.Reset reset) {
            return reset(reset.level(), now);
        } else if (event instanceof Event.Report report) {
            return report(report, now);
        } else if (event instanceof Event.ToldBefore told) {
            return toldBefore(told.id(), Math.min(told.at(), now), now);
        } else if (event instanceof Event.InHandSince inHand) {
            return inHand(inHand, Math.min(inHand.since(), now), now);
        } else if (event instanceof Event.Told told) {
            return told(told.number());
        }
        return new Answer.Taken(Optional.ofNullable(out));
    }

    private Answer offer(Event.Offer offer, long now) {
        Optional<Live> same = live.stream().filter(it -> it.id() == offer.id()).findFirst();
        Optional<Settled> ended =
                settled.stream().filter(it -> it.id() == offer.id()).findFirst();
        if (same.isPresent() || ended.isPresent()) {
            repeated++;
            return same.<Answer>map(it -> new Answer.Granted(it, counts(now)))
                    .orElseGet(() -> new Answer.Repeated(ended.orElseThrow(), counts(now)));
        }
        resetAt = Micros.ABSENT;
        lastSeen = now;
        seen++;
        Item item = new Item(Bucket.PENDING);
        items.add(item);
        if (resting(now) || done + live.size() >= rule.limit()) {
            Reason full = done >= rule.limit() ? Reason.LIMIT : Reason.IN_FLIGHT;
            Reason reason = resting(now) ? Reason.BACKOFF : full;
            tally.hold(item, now);
            return new Answer.Held(reason, Long.toString(tally.size()).matches("10*"), counts(now));
        }
        if (rule.charged()) {
            item.where = Bucket.DELIVERED;
            count(now, 1);
            return new Answer.Passed(false, counts(now));
        }
        boolean summary = rule.summaryAt() >= 2 && done + live.size() + 1 == rule.summaryAt();
        Live claim = new Live(newFence(now), offer.nonce(), offer.id(), now + rule.lease(), summary, offer.mark());
        live.add(claim);
        claimed.put(claim.fence(), item);
        if (offer.settle() == Event.Settle.NOW) {
            complete(claim, now);
            return new Answer.Passed(summary, counts(now));
        }
        return new Answer.Granted(claim, counts(now));
    }

    private Answer complete(Event.Complete event, long now) {
        Optional<Live> claim = live(event.fence(), event.nonce());
        if (claim.isPresent()) {
            complete(claim.get(), now);
            return new Answer.Ok();
        }
        Optional<Settled> ended = settled(event.fence());
        if (ended.isPresent() && ended.get().end() == Settled.End.LOST) {
            Settled late = new Settled(ended.get().fence(), ended.get().id(), Settled.End.LATE);
            settled.set(settled.indexOf(ended.get()), late);
            if (rule.onLost() == OnLost.RETRY && rule.window() > 0 && late.fence() > armed) {
                countBeyond(1, now);
            }
        }
        return ended.isPresent() && ended.get().end() == Settled.End.DONE ? new Answer.Ok() : new Answer.Stale();
    }

    private void complete(Live claim, long now) {
        end(claim, Settled.End.DONE).where = Bucket.DELIVERED;
        failures = 0;
        retryAt = Micros.ABSENT;
        went(claim, now);
    }

    /** What went out in this window counts in it, and says what is enough. */
    private void went(Live claim, long at) {
        if (claim.fence() > armed) {
            count(at, 1);
            mark = claim.mark().isPresent() ? claim.mark() : mark;
        }
    }

    private Answer release(Event.Release event, long now) {
        Optional<Live> claim = live(event.fence(), event.nonce());
        if (claim.isEmpty()) {
            return back(event.fence());
        }
        Item item = end(claim.get(), Settled.End.BACK);
        switch (event.why()) {
            case BUDGET -> tally.hold(item, now);
            case WITHDRAWN -> item.where = Bucket.WITHDRAWN;
            case REFUSED -> {
                item.where = Bucket.WITHDRAWN;
                settled.replaceAll(it ->
                        it.fence() == event.fence() ? new Settled(it.fence(), Settled.NOBODY, Settled.End.BACK) : it);
            }
            case FAILED, DEAD -> {
                item.where = event.why() == Event.Why.DEAD ? Bucket.DEAD : Bucket.WITHDRAWN;
                rule.backoff().ifPresent(backoff -> rest(backoff, now));
            }
        }
        return new Answer.Ok();
    }

    private void rest(Backoff backoff, long now) {
        double length = Micros.of(backoff.first());
        for (int i = 0; i < failures; i++) {
            length *= backoff.factor();
        }
        failures++;
        retryAt = now + (long) Math.min(length, (double) Micros.of(backoff.max()));
    }

    private Answer extend(Event.Extend event, long now) {
        Optional<Live> claim = live(event.fence(), event.nonce());
        claim.ifPresent(it -> {
            long until = Math.max(event.until(), now);
            live.set(live.indexOf(it), new Live(it.fence(), it.nonce(), it.id(), until, it.summary(), it.mark()));
        });
        return claim.isPresent() ? new Answer.Ok() : new Answer.Stale();
    }

    private Answer evict(long number) {
        Optional<Live> claim = live.stream().filter(it -> it.fence() == number).findFirst();
        claim.ifPresent(it -> end(it, Settled.End.BACK).where = Bucket.WITHDRAWN);
        return claim.isPresent() ? new Answer.Ok() : back(number);
    }

    private Answer back(long number) {
        boolean back =
                settled(number).filter(it -> it.end() == Settled.End.BACK).isPresent();
        return back ? new Answer.Ok() : new Answer.Stale();
    }

    private Answer reset(OptionalDouble level, long now) {
        OptionalDouble enough = live.stream()
                .filter(it -> it.fence() > armed && it.mark().isPresent())
                .max(Comparator.comparingLong(Live::fence))
                .map(Live::mark)
                .orElse(mark);
        if (level.isPresent() && enough.isPresent() && level.getAsDouble() < enough.getAsDouble()) {
            return new Answer.Ok();
        }
        boolean nothing = done == 0 && live.isEmpty() && tally.isEmpty() && failures == 0;
        if (rule.onReset() instanceof OnReset.Rearm) {
            arm(Out.Cause.RESET, now);
        } else if (rule.onReset() instanceof OnReset.After after && !nothing && resetAt == Micros.ABSENT) {
            resetAt = now + Micros.of(after.dwell());
        }
        return new Answer.Ok();
    }

    private Answer report(Event.Report report, long now) {
        if (reporters.getOrDefault(report.reporter(), 0L) >= report.sequence()) {
            return new Answer.Ok();
        }
        reporters.remove(report.reporter());
        reporters.put(report.reporter(), report.sequence());
        if (reporters.size() > MOST_REPORTERS) {
            reporters.remove(reporters.keySet().iterator().next());
        }
        if (report.occurrence().isPresent() && passed(report.occurrence().getAsLong(), now)) {
            return new Answer.Ok();
        }
        resetAt = Micros.ABSENT;
        lastSeen = now;
        seen += report.done() + report.held();
        countBeyond(report.done(), now);
        for (int i = 0; i < report.done(); i++) {
            items.add(new Item(Bucket.DELIVERED));
        }
        for (long i = 0; i < report.held(); i++) {
            Item item = new Item(Bucket.HELD);
            items.add(item);
            tally.hold(item, Math.min(now, i == 0 ? report.first() : report.last()));
        }
        return new Answer.Ok();
    }

    /** The one occurrence of a report: whether the key counted it itself. */
    private boolean passed(long id, long now) {
        if (settled.stream().anyMatch(it -> it.id() == id)) {
            return true;
        }
        Optional<Live> granted = live.stream().filter(it -> it.id() == id).findFirst();
        if (granted.isPresent()) {
            complete(granted.get(), now);
            return true;
        }
        remember(new Settled(newFence(now), id, Settled.End.DONE));
        return false;
    }

    private Answer toldBefore(long id, long at, long now) {
        live.stream()
                .filter(it -> it.id() == id)
                .findFirst()
                .ifPresent(it -> end(it, Settled.End.DONE).where = Bucket.DELIVERED);
        boolean finite = rule.window() != Micros.FOREVER;
        boolean over = at + (finite ? rule.window() : rule.idle()) <= now;
        if (!over && at > armed) {
            fence = Math.max(fence, at);
            lastSeen = lastSeen == Micros.ABSENT ? at : Math.max(lastSeen, at);
            if (done == 0) {
                countBeyond(1, at);
            }
            start = Math.max(start, at);
        }
        return new Answer.Ok();
    }

    private Answer inHand(Event.InHandSince event, long since, long now) {
        boolean known = LongStream.concat(
                        live.stream().mapToLong(Live::id), settled.stream().mapToLong(Settled::id))
                .anyMatch(id -> id == event.id());
        if (known) {
            return new Answer.Ok();
        }
        long until = since + rule.lease();
        if (until <= now) {
            return rule.onLost() == OnLost.DROP ? toldBefore(event.id(), until, now) : new Answer.Ok();
        }
        boolean room = !rule.charged() && done + live.size() < rule.limit();
        if (room && since > armed) {
            lastSeen = now;
            seen++;
            Item item = new Item(Bucket.PENDING);
            items.add(item);
            Live claim = new Live(newFence(now), event.nonce(), event.id(), until, false, OptionalDouble.empty());
            live.add(claim);
            claimed.put(claim.fence(), item);
        }
        return new Answer.Ok();
    }

    private Answer told(long number) {
        if (out != null && out.number() == number) {
            out = null;
            owed.forEach(item -> item.where = Bucket.REPORTED);
            owed.clear();
        }
        return new Answer.Ok();
    }

    /** The key is deleted; whatever was held is kept in the books, and only the fence is remembered. */
    void forget(long now) {
        long given = fence;
        advance(now);
        fence = given;
        tally.leaveFor(Bucket.KEPT);
        owed.forEach(item -> item.where = Bucket.KEPT);
        owed.clear();
        settled.clear();
        reporters.clear();
        out = null;
        touched = Micros.ABSENT;
        lastSeen = Micros.ABSENT;
        armed = 0;
        failures = 0;
        retryAt = Micros.ABSENT;
        seen = 0;
    }

    /** What a store has given out for keys that it forgot. */
    void fenceFloor(long floor) {
        fence = Math.max(fence, floor);
    }

    private Item end(Live claim, Settled.End how) {
        live.remove(claim);
        remember(new Settled(claim.fence(), claim.id(), how));
        Item item = claimed.remove(claim.fence());
        if (item == null) {
            throw new IllegalStateException("no occurrence belongs to " + claim);
        }
        return item;
    }

    private void remember(Settled ended) {
        settled.add(ended);
        while (settled.size() > Math.max(LEAST_SETTLED, rule.limit())) {
            settled.remove(0);
        }
    }

    private void count(long at, int times) {
        start = done == 0 && times > 0 ? at : start;
        done += times;
    }

    private void countBeyond(int times, long now) {
        for (int i = 0; i < times; i++) {
            count(now, 1);
            overshoot += done + live.size() > rule.limit() ? 1 : 0;
        }
    }

    private long newFence(long at) {
        fence = Math.max(fence + 1, at);
        return fence;
    }

    private boolean resting(long now) {
        return retryAt != Micros.ABSENT && now < retryAt;
    }

    private Answer.Counts counts(long now) {
        long next = now;
        if (resting(now)) {
            next = retryAt;
        } else if (done + live.size() >= rule.limit()) {
            boolean ends = done > 0 && rule.window() != Micros.FOREVER;
            next = live.stream().mapToLong(Live::until).min().orElse(Micros.FOREVER);
            next = ends ? Math.min(next, start + rule.window()) : next;
        }
        return new Answer.Counts(seen, done, tally.size(), next);
    }

    private Optional<Live> live(long number, long nonce) {
        return live.stream()
                .filter(it -> it.fence() == number && it.nonce() == nonce)
                .findFirst();
    }

    private Optional<Settled> settled(long number) {
        return settled.stream().filter(it -> it.fence() == number).findFirst();
    }

    /** When something happens by itself, or the key stops resting: the times at which it pays to look. */
    OptionalLong boundaryAfter(long time) {
        return LongStream.concat(dues().stream().mapToLong(Due::at), LongStream.of(retryAt))
                .filter(at -> at > time)
                .min();
    }

    /** Where every occurrence is. */
    Books books() {
        Books books = Books.only(Bucket.IN, items.size())
                .with(Bucket.OVERSHOOT, overshoot)
                .with(Bucket.REPEATED, repeated);
        for (Item item : items) {
            books = books.with(item.where, 1);
        }
        return books;
    }

    boolean is(State state) {
        return state.touched() == touched
                && state.lastSeen() == lastSeen
                && state.fence() == fence
                && state.armed() == armed
                && state.start() == start
                && state.done() == done
                && state.live().equals(live)
                && state.settled().equals(settled)
                && state.failures() == failures
                && state.retryAt() == retryAt
                && state.resetAt() == resetAt
                && state.seen() == seen
                && state.held() == tally.size()
                && state.first() == tally.first()
                && state.last() == tally.last()
                && Objects.equals(state.out(), out)
                && state.mark().equals(mark)
                && state.reporters().equals(heard());
    }

    private List<Reporter> heard() {
        return reporters.entrySet().stream()
                .map(it -> new Reporter(it.getKey(), it.getValue()))
                .toList();
    }

    /** The state in the words of {@link State#toString}. */
    @Override
    public String toString() {
        return "State[touched=%s lastSeen=%s fence=%s armed=%s start=%s done=%s live=%s settled=%s failures=%s"
                        .formatted(touched, lastSeen, fence, armed, start, done, live, settled, failures)
                + " retryAt=%s resetAt=%s seen=%s held=%s first=%s last=%s out=%s mark=%s reporters=%s]"
                        .formatted(
                                retryAt, resetAt, seen, tally.size(), tally.first(), tally.last(), out, mark, heard());
    }
}
