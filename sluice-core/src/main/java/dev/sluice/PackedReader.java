package dev.sluice;

/** Reads the parts of a packed state. Running off the end throws {@link IndexOutOfBoundsException}. */
final class PackedReader {
    private static final int MOST_CLAIMS = 10_000;

    private final byte[] bytes;
    private int position;
    private long origin;

    PackedReader(byte[] bytes) {
        this.bytes = bytes;
    }

    /** From here on times count from {@code time}. */
    void origin(long time) {
        origin = time;
    }

    long number() {
        long value = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            int next = bytes[position++];
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("the stored state holds a number of over 63 bits; it is damaged");
    }

    int size() {
        return choice(MOST_CLAIMS);
    }

    /** A number below {@code bound}. */
    int choice(int bound) {
        long value = number();
        if (value >= bound) {
            throw new IllegalArgumentException(
                    "the stored state holds " + value + " where less than " + bound + " must be; it is damaged");
        }
        return (int) value;
    }

    long zigzag() {
        long value = number();
        return (value & 1) == 0 ? value >>> 1 : -(value >>> 1) - 1;
    }

    long fence() {
        return zigzag() + origin;
    }

    long time() {
        return zigzag() + origin;
    }

    long fixed() {
        long value = 0;
        for (int i = 0; i < 8; i++) {
            value = value << 8 | (bytes[position++] & 0xff);
        }
        return value;
    }

    /** Nothing may follow. */
    void end() {
        if (position < bytes.length) {
            throw new IllegalArgumentException(
                    "the stored state goes on for " + (bytes.length - position) + " bytes too many; it is damaged");
        }
    }

    double real() {
        return Double.longBitsToDouble(fixed());
    }
}
