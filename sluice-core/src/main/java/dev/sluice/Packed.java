package dev.sluice;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The one stored form of a {@link State}, the same for every store and every evaluator of the step.
 *
 * <p>One byte of format number, then one bit field that says which parts follow, then the parts in the order of
 * {@link State}. Numbers are unsigned base-128, lowest seven bits first. Times are the distance from {@code touched},
 * zigzag-coded ({@code n >= 0 -> 2n, n < 0 -> -2n - 1}); ids and nonces are eight opaque bytes, and marks eight bytes
 * of IEEE 754, both highest byte first. No number exceeds 53 bits.
 */
public final class Packed {
    /** Number of the format of a state without reporters. */
    public static final int FORMAT = 1;

    /** Number of the format of all others: whoever reads only the first one refuses them. */
    public static final int FORMAT_WITH_REPORTERS = 2;

    private static final int HAS_SEEN = 1;
    private static final int HAS_WINDOW = 1 << 1;
    private static final int HAS_LIVE = 1 << 2;
    private static final int HAS_SETTLED = 1 << 3;
    private static final int HAS_REST = 1 << 4;
    private static final int HAS_RESET = 1 << 5;
    private static final int HAS_TALLY = 1 << 6;
    private static final int HAS_OUT = 1 << 7;
    private static final int HAS_MARK = 1 << 8;
    private static final int HAS_TOUCHED = 1 << 9;
    private static final int HAS_REPORTERS = 1 << 10;

    private static final int LIVE_SUMMARY = 1;
    private static final int LIVE_MARK = 2;

    /** By their codes. */
    private static final List<Settled.End> ENDS =
            List.of(Settled.End.DONE, Settled.End.BACK, Settled.End.LOST, Settled.End.LATE);

    /** By their codes. */
    private static final List<Out.Cause> CAUSES =
            List.of(Out.Cause.WINDOW, Out.Cause.FAILED, Out.Cause.RESET, Out.Cause.IDLE);

    private Packed() {}

    /** The stored form. */
    public static byte[] encode(State state) {
        PackedWriter to = new PackedWriter(state.touched() == Micros.ABSENT ? 0 : state.touched());
        to.number(state.reporters().isEmpty() ? FORMAT : FORMAT_WITH_REPORTERS);
        to.number(parts(state));
        if (state.touched() != Micros.ABSENT) {
            to.zigzag(state.touched());
        }
        to.fence(state.fence());
        to.fence(state.armed());
        if (state.lastSeen() != Micros.ABSENT) {
            to.time(state.lastSeen());
        }
        if (state.done() > 0) {
            to.time(state.start());
            to.number(state.done());
        }
        live(state, to);
        settled(state, to);
        rest(state, to);
        tally(state, to);
        reporters(state, to);
        return to.bytes();
    }

    /**
     * Reads the stored form.
     *
     * @throws IllegalArgumentException if the bytes are no state, or one of another format
     */
    public static State decode(byte[] bytes) {
        try {
            return decode(new PackedReader(bytes));
        } catch (IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("the stored state ends too early; it is damaged", e);
        }
    }

    private static int parts(State state) {
        int parts = 0;
        parts |= state.touched() != Micros.ABSENT ? HAS_TOUCHED : 0;
        parts |= state.lastSeen() != Micros.ABSENT ? HAS_SEEN : 0;
        parts |= state.done() > 0 ? HAS_WINDOW : 0;
        parts |= !state.live().isEmpty() ? HAS_LIVE : 0;
        parts |= !state.settled().isEmpty() ? HAS_SETTLED : 0;
        parts |= state.failures() > 0 || state.retryAt() != Micros.ABSENT ? HAS_REST : 0;
        parts |= state.resetAt() != Micros.ABSENT ? HAS_RESET : 0;
        parts |= state.seen() > 0 || state.held() > 0 ? HAS_TALLY : 0;
        parts |= state.out() != null ? HAS_OUT : 0;
        parts |= state.mark().isPresent() ? HAS_MARK : 0;
        parts |= !state.reporters().isEmpty() ? HAS_REPORTERS : 0;
        return parts;
    }

    private static void live(State state, PackedWriter to) {
        if (state.live().isEmpty()) {
            return;
        }
        to.number(state.live().size());
        for (Live claim : state.live()) {
            to.number((claim.summary() ? LIVE_SUMMARY : 0) | (claim.mark().isPresent() ? LIVE_MARK : 0));
            to.fence(claim.fence());
            to.fixed(claim.nonce());
            to.fixed(claim.id());
            to.time(claim.until());
            claim.mark().ifPresent(to::real);
        }
    }

    private static void settled(State state, PackedWriter to) {
        if (state.settled().isEmpty()) {
            return;
        }
        to.number(state.settled().size());
        for (Settled ended : state.settled()) {
            to.number(ended.end().code());
            to.fence(ended.fence());
            to.fixed(ended.id());
        }
    }

    private static void rest(State state, PackedWriter to) {
        if (state.failures() > 0 || state.retryAt() != Micros.ABSENT) {
            to.number(state.failures());
            to.time(state.retryAt());
        }
        if (state.resetAt() != Micros.ABSENT) {
            to.time(state.resetAt());
        }
    }

    private static void tally(State state, PackedWriter to) {
        if (state.seen() > 0 || state.held() > 0) {
            to.number(state.seen());
            to.number(state.held());
            if (state.held() > 0) {
                to.time(state.first());
                to.time(state.last());
            }
        }
        Out out = state.out();
        if (out != null) {
            to.number(out.cause().code());
            to.fence(out.number());
            to.number(out.held());
            to.time(out.first());
            to.time(out.last());
        }
        state.mark().ifPresent(to::real);
    }

    /** At the end, and of nothing that moves with {@code touched}: what only moves times leaves these bytes alone. */
    private static void reporters(State state, PackedWriter to) {
        if (state.reporters().isEmpty()) {
            return;
        }
        to.number(state.reporters().size());
        for (Reporter reporter : state.reporters()) {
            to.fixed(reporter.id());
            to.number(reporter.last());
        }
    }

    private static State decode(PackedReader from) {
        long format = from.number();
        if (format != FORMAT && format != FORMAT_WITH_REPORTERS) {
            throw new IllegalArgumentException("the stored state has format " + format + "; this version reads "
                    + FORMAT + " and " + FORMAT_WITH_REPORTERS + ". It was written by another version, or is damaged");
        }
        int parts = from.choice(format == FORMAT ? HAS_REPORTERS : 2 * HAS_REPORTERS);
        Draft draft = new Draft();
        if ((parts & HAS_TOUCHED) != 0) {
            draft.touched = from.zigzag();
            from.origin(draft.touched);
        }
        draft.fence = from.fence();
        draft.armed = from.fence();
        if ((parts & HAS_SEEN) != 0) {
            draft.lastSeen = from.time();
        }
        if ((parts & HAS_WINDOW) != 0) {
            draft.start = from.time();
            draft.done = from.choice(Integer.MAX_VALUE);
        }
        draft.live = (parts & HAS_LIVE) != 0 ? live(from) : List.of();
        draft.settled = (parts & HAS_SETTLED) != 0 ? settled(from) : List.of();
        if ((parts & HAS_REST) != 0) {
            draft.failures = from.choice(Integer.MAX_VALUE);
            draft.retryAt = from.time();
        }
        if ((parts & HAS_RESET) != 0) {
            draft.resetAt = from.time();
        }
        tally(parts, from, draft);
        draft.reporters = (parts & HAS_REPORTERS) != 0 ? reporters(from) : List.of();
        from.end();
        return new State(draft);
    }

    private static List<Live> live(PackedReader from) {
        int size = from.size();
        List<Live> live = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            int flags = from.choice(2 * LIVE_MARK);
            long fence = from.fence();
            long nonce = from.fixed();
            long id = from.fixed();
            long until = from.time();
            OptionalDouble mark = (flags & LIVE_MARK) != 0 ? OptionalDouble.of(from.real()) : OptionalDouble.empty();
            live.add(new Live(fence, nonce, id, until, (flags & LIVE_SUMMARY) != 0, mark));
        }
        return live;
    }

    private static List<Settled> settled(PackedReader from) {
        int size = from.size();
        List<Settled> settled = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            Settled.End end = ENDS.get(from.choice(ENDS.size()));
            settled.add(new Settled(from.fence(), from.fixed(), end));
        }
        return settled;
    }

    private static List<Reporter> reporters(PackedReader from) {
        int size = from.size();
        List<Reporter> reporters = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            reporters.add(new Reporter(from.fixed(), from.number()));
        }
        return reporters;
    }

    private static void tally(int parts, PackedReader from, Draft draft) {
        if ((parts & HAS_TALLY) != 0) {
            draft.seen = from.number();
            draft.held = from.number();
            if (draft.held > 0) {
                draft.first = from.time();
                draft.last = from.time();
            }
        }
        if ((parts & HAS_OUT) != 0) {
            Out.Cause cause = CAUSES.get(from.choice(CAUSES.size()));
            draft.out = new Out(from.fence(), from.number(), from.time(), from.time(), cause);
        }
        if ((parts & HAS_MARK) != 0) {
            draft.mark = OptionalDouble.of(from.real());
        }
    }
}
