package dev.sluice;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Watches over the parts of a store. Where one is found to be away, the others are looked at before their callers have to
 * find that out; where one is back, so are the others that are away. Looks in one thread.
 */
final class StoreWatch {
    private static final System.Logger LOG = System.getLogger(StoreWatch.class.getName());

    private final Store store;
    private final List<Part> parts = new ArrayList<>();
    private final Consumer<Outage> lost;

    /** Calls that are about no key. */
    private final Calls others = new Calls(this::suspect);

    private volatile Optional<Outage> outage = Optional.empty();

    /** @param lost called when parts are found to be away */
    StoreWatch(Part.Shared shared, Consumer<Outage> lost) {
        this.store = shared.store();
        this.lost = lost;
        for (int number = 0; number < store.parts(); number++) {
            parts.add(new Part(number, shared, this::away));
        }
    }

    Part part(Key key) {
        return parts.get(store.part(key));
    }

    Calls others() {
        return others;
    }

    /** Since when, and why, a part of the store or all of it is away. */
    Optional<Outage> outage() {
        return outage;
    }

    /** Something went wrong, nobody knows with which part. Where one is known to be away, that explains it. */
    void suspect(String why) {
        if (outage.isEmpty()) {
            parts.forEach(part -> part.watch().suspect(why));
        }
    }

    /** A connection was lost, and with it whatever was behind it. */
    void disconnected() {
        parts.stream()
                .filter(part -> part.outage().isEmpty())
                .forEach(part -> part.watch().suspect("the connection was lost"));
    }

    private void away(Part part, Outage found) {
        part.calls().giveUp(found.why());
    }

    /** Answers who waits for too long; waits for nothing. */
    void lookAtCalls(long tick) {
        parts.forEach(part -> part.calls().look(tick));
        others.look(tick);
    }

    /**
     * Finds out what is away or back.
     *
     * @param ticks the time: to tell a part that is back takes a while, which is no time that the next one had
     */
    void look(LongSupplier ticks) {
        long before = countAway();
        boolean mayTell = true;
        boolean cameBack = false;
        for (Part part : parts) {
            boolean was = part.outage().isPresent();
            // Where telling one failed, the others would only keep this thread waiting.
            mayTell &= part.watch().look(ticks.getAsLong(), mayTell);
            cameBack |= was && part.outage().isEmpty();
        }
        long now = countAway();
        if (now > before) {
            parts.forEach(part -> part.watch().doubt());
        }
        if (cameBack) {
            parts.forEach(part -> part.watch().hurry(ticks.getAsLong()));
        }
        found(before, now);
    }

    private long countAway() {
        return parts.stream().filter(part -> part.outage().isPresent()).count();
    }

    private void found(long before, long now) {
        if (now == 0 && outage.isEmpty()) {
            return;
        }
        boolean inPart = now < parts.size();
        Optional<Outage> found = parts.stream()
                .flatMap(part -> part.outage().stream())
                .min(Comparator.comparing(Outage::since))
                .map(first -> new Outage(first.since(), first.why(), inPart));
        boolean began = outage.isEmpty();
        outage = found;
        if (found.isEmpty()) {
            LOG.log(Level.INFO, "The store is back, and knows what was decided without it");
        } else if (began || (!inPart && before < parts.size())) {
            LOG.log(
                    Level.WARNING,
                    "{0} is away: {1}. Each rule decides as its on-outage says",
                    inPart ? "A part of the store" : "The store",
                    found.get().why());
        }
        if (!inPart) {
            others.giveUp(found.orElseThrow().why());
        }
        if (now > before) {
            lost.accept(found.orElseThrow());
        }
    }

    /**
     * Answers all who wait, and tells every part what it is owed, as far as it answers.
     *
     * @param goesOn whether there is time for one part more, each of which may take a few patiences
     */
    void finish(String why, BooleanSupplier goesOn) {
        others.giveUp(why);
        parts.forEach(part -> part.calls().giveUp(why));
        List<Part> thereFirst = new ArrayList<>(parts);
        thereFirst.sort(Comparator.comparing(part -> part.outage().isPresent()));
        for (Part part : thereFirst) {
            if (goesOn.getAsBoolean()) {
                part.reconciliation().all();
            }
        }
        parts.forEach(part -> part.reconciliation().giveUp());
    }

    /** Takes out at most so many of something that each part has. */
    <T> List<T> take(int most, BiFunction<Part, Integer, List<T>> from) {
        List<T> taken = new ArrayList<>();
        for (Part part : parts) {
            if (taken.size() < most) {
                taken.addAll(from.apply(part, most - taken.size()));
            }
        }
        return taken;
    }

    /** How many occurrences the store does not know of. */
    long owed() {
        return parts.stream().mapToLong(part -> part.reconciliation().owed()).sum();
    }
}
