package dev.sluice.redis;

import dev.sluice.Backoff;
import dev.sluice.Command;
import dev.sluice.Digest;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.OnLost;
import dev.sluice.OnReset;
import dev.sluice.Rule;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.OptionalDouble;

/** The step as a script of the server, and how its arguments are written. */
final class StepScript {
    private static final byte[] NONE = {};
    private static final byte[] FORGET = Names.bytes("forget");
    private static final int NUMBERS = 12;

    /** What {@code dwell} says beside a length. */
    private static final double REARM = 0;

    private static final double IGNORE = -1;

    private final byte[] source;
    private final String digest;
    private final Names names;
    private final byte[] rearmed;
    private final RedisClock clock;
    private final boolean books;

    StepScript(Names names, RedisClock clock, boolean books) {
        this.source = source();
        this.digest = sha1(source);
        this.names = names;
        this.rearmed = names.rearmed();
        this.clock = clock;
        this.books = books;
    }

    static byte[] source() {
        try (InputStream from = StepScript.class.getResourceAsStream("step.lua")) {
            if (from == null) {
                throw new IllegalStateException("step.lua is not beside this class");
            }
            return from.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sha1(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }

    byte[] text() {
        return source;
    }

    /** By what the server knows the script. */
    String digest() {
        return digest;
    }

    byte[][] keys(Key key) {
        int shard = key.shard();
        return new byte[][] {names.state(key), names.due(shard), names.books(shard)};
    }

    byte[][] step(Command command) {
        return arguments(command.key(), command.rule(), name(command.event()), fields(command.event()));
    }

    byte[][] forget(Key key, Rule rule) {
        return arguments(key, rule, FORGET);
    }

    private byte[][] arguments(Key key, Rule rule, byte[] event, byte[]... fields) {
        byte[][] all = new byte[7 + fields.length][];
        all[0] = Names.bytes(key.text());
        all[1] = rule(rule);
        all[2] = event;
        all[3] = clock instanceof RedisClock.Client own
                ? number(Micros.of(own.clock().instant()))
                : NONE;
        all[4] = clock instanceof RedisClock.Server server
                ? number(server.offset().getAsLong())
                : NONE;
        all[5] = books ? Names.bytes(key.flow()) : NONE;
        all[6] = rearmed;
        System.arraycopy(fields, 0, all, 7, fields.length);
        return all;
    }

    private static byte[] rule(Rule rule) {
        ByteBuffer to = ByteBuffer.allocate(NUMBERS * Double.BYTES);
        to.putDouble(rule.limit()).putDouble(length(rule.window())).putDouble(rule.summaryAt());
        to.putDouble(code(rule.digest()))
                .putDouble((double) rule.lease())
                .putDouble(rule.onLost() == OnLost.DROP ? 1 : 0);
        to.putDouble(rule.backoff().map(it -> (double) Micros.of(it.first())).orElse(0.0));
        to.putDouble(rule.backoff().map(Backoff::factor).orElse(1.0));
        to.putDouble(rule.backoff().map(it -> (double) Micros.of(it.max())).orElse(0.0));
        to.putDouble(dwell(rule.onReset())).putDouble((double) rule.idle()).putDouble(rule.charged() ? 1 : 0);
        return to.array();
    }

    private static double length(long micros) {
        return micros == Micros.FOREVER ? Double.POSITIVE_INFINITY : micros;
    }

    private static double code(Digest digest) {
        return switch (digest) {
            case OFF -> 0;
            case WITH_NEXT -> 1;
            case AT_CLOSE -> 2;
        };
    }

    private static double dwell(OnReset onReset) {
        if (onReset instanceof OnReset.After after) {
            return Micros.of(after.dwell());
        }
        return onReset instanceof OnReset.Rearm ? REARM : IGNORE;
    }

    private static byte[] name(Event event) {
        return Names.bytes(event.getClass().getSimpleName().toLowerCase(Locale.ROOT));
    }

    private static byte[][] fields(Event event) {
        if (event instanceof Event.Offer offer) {
            byte[] settle = number(offer.settle() == Event.Settle.NOW ? 1 : 0);
            return new byte[][] {fixed(offer.id()), fixed(offer.nonce()), real(offer.mark()), settle};
        } else if (event instanceof Event.Complete complete) {
            return new byte[][] {number(complete.fence()), fixed(complete.nonce())};
        } else if (event instanceof Event.Release release) {
            byte[] why = Names.bytes(release.why().name().toLowerCase(Locale.ROOT));
            return new byte[][] {number(release.fence()), fixed(release.nonce()), why};
        } else if (event instanceof Event.Extend extend) {
            return new byte[][] {number(extend.fence()), fixed(extend.nonce()), number(extend.until())};
        } else if (event instanceof Event.Evict evict) {
            return new byte[][] {number(evict.fence())};
        } else if (event instanceof Event.Reset reset) {
            return new byte[][] {real(reset.level())};
        } else if (event instanceof Event.Report report) {
            return new byte[][] {
                fixed(report.reporter()),
                number(report.sequence()),
                report.occurrence().isPresent() ? fixed(report.occurrence().getAsLong()) : NONE,
                number(report.done()),
                number(report.held()),
                number(report.first()),
                number(report.last())
            };
        } else if (event instanceof Event.ToldBefore told) {
            return new byte[][] {fixed(told.id()), number(told.at())};
        } else if (event instanceof Event.InHandSince inHand) {
            return new byte[][] {fixed(inHand.id()), fixed(inHand.nonce()), number(inHand.since())};
        } else if (event instanceof Event.Told told) {
            return new byte[][] {number(told.number())};
        }
        return new byte[][] {};
    }

    private static byte[] number(long value) {
        return Long.toString(value).getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] fixed(long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }

    private static byte[] real(OptionalDouble value) {
        return value.isEmpty() ? NONE : fixed(Double.doubleToLongBits(value.getAsDouble()));
    }
}
