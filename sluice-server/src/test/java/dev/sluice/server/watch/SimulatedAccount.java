package dev.sluice.server.watch;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.random.RandomGenerator;

/** An account with orders whose level moves with a price, and rises when an order is closed; its hash lies at times. */
final class SimulatedAccount {
    private static final int ORDERS = 4;
    private static final double RELIEF = 20;
    private static final int STALE_SECONDS = 61;

    private final String subject;
    private final RandomGenerator random;
    private final Deque<Integer> open = new ArrayDeque<>();
    private double price = 120;
    private Fault fault = Fault.NONE;
    private int issued;

    /** What is wrong with what its hash says; from {@code STALE} on nothing in it can be relied on. */
    enum Fault {
        NONE,
        MISSING,
        EMPTY,
        NOT_A_NUMBER,
        INFINITE,
        STALE,
        DEGRADED,
        GONE,
        UNREADABLE
    }

    SimulatedAccount(String subject, RandomGenerator random) {
        this.subject = subject;
        this.random = random;
        trade();
    }

    String subject() {
        return subject;
    }

    /** Opens new orders where all are closed. */
    void trade() {
        while (open.size() < ORDERS) {
            open.add(issued++);
        }
    }

    /** Its price moves, and its hash may begin or cease to lie. */
    void move() {
        price = switch (random.nextInt(5)) {
            case 0 -> List.of(50.0, 49.99, 100.0, 99.99).get(random.nextInt(4)) - relief();
            case 1 -> random.nextDouble() * 50;
            default -> random.nextDouble() * 140;
        };
        Fault[] all = Fault.values();
        fault = random.nextInt(3) == 0 ? all[random.nextInt(all.length)] : Fault.NONE;
    }

    /** The price is what it should be at last, and the hash is right. */
    void calm(double level) {
        fault = Fault.NONE;
        price = level - relief();
    }

    private double relief() {
        return RELIEF * (ORDERS - open.size());
    }

    private double level() {
        return Math.round((price + relief()) * 100) / 100.0;
    }

    /** The level, where its hash tells it; empty where that must be taken for not known, or nothing is at stake. */
    OptionalDouble known() {
        return fault == Fault.NONE && !open.isEmpty() ? OptionalDouble.of(level()) : OptionalDouble.empty();
    }

    /** Whether the hash says that there is nothing at stake. */
    boolean isFlat() {
        return open.isEmpty() && fault.compareTo(Fault.STALE) < 0;
    }

    boolean isUnknown() {
        return fault != Fault.NONE && !isFlat();
    }

    Map<String, String> values(Instant now) throws IOException {
        if (fault == Fault.UNREADABLE) {
            throw new IOException("connection reset");
        } else if (fault == Fault.GONE) {
            return Map.of();
        }
        Map<String, String> values = new LinkedHashMap<>();
        values.put(
                "margin_level",
                switch (fault) {
                    case EMPTY -> "";
                    case NOT_A_NUMBER -> "nan";
                    case INFINITE -> "-inf";
                    default -> Double.toString(level());
                });
        values.put("used_margin", Integer.toString(open.size() * 100));
        values.put("calc_status", fault == Fault.DEGRADED ? "degraded" : "ok");
        Instant written = fault == Fault.STALE ? now.minusSeconds(STALE_SECONDS) : now;
        values.put("ts", Long.toString(written.toEpochMilli()));
        if (fault == Fault.MISSING) {
            values.remove("margin_level");
        }
        return values;
    }

    /** The order that is to be closed next. */
    Optional<Integer> worst() {
        return Optional.ofNullable(open.peek());
    }

    boolean hasOrders() {
        return !open.isEmpty();
    }

    /** Closes an order; false if it was closed before. */
    boolean close(int order) {
        return open.remove(order);
    }
}
