package dev.sluice;

import java.util.Arrays;

/** Writes the parts of a packed state. */
final class PackedWriter {
    private final long origin;
    private byte[] bytes = new byte[192];
    private int length;

    /** Begins a state whose times count from {@code origin}. */
    PackedWriter(long origin) {
        this.origin = origin;
    }

    void number(long value) {
        long rest = value;
        while (rest > 0x7f) {
            put((int) (rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        put((int) rest);
    }

    void zigzag(long value) {
        number(value >= 0 ? 2 * value : -2 * value - 1);
    }

    /** A fence is near the time of its claim, so its distance is shorter than itself. */
    void fence(long value) {
        zigzag(value - origin);
    }

    void time(long value) {
        zigzag(value - origin);
    }

    void fixed(long value) {
        for (int shift = 56; shift >= 0; shift -= 8) {
            put((int) (value >>> shift) & 0xff);
        }
    }

    void real(double value) {
        fixed(Double.doubleToLongBits(value));
    }

    byte[] bytes() {
        return Arrays.copyOf(bytes, length);
    }

    private void put(int value) {
        if (length == bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * length);
        }
        bytes[length++] = (byte) value;
    }
}
