package dev.sluice;

import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;

/**
 * Chance that many threads may share. Drawn in blocks from a source that need not be safe for them, because a source that
 * nobody can predict is dear to ask for a few bytes.
 */
public final class Dice implements RandomGenerator {
    private static final int BLOCK = 512;

    private final RandomGenerator source;
    private final byte[] block = new byte[BLOCK];
    private final ByteBuffer left = ByteBuffer.wrap(block).position(BLOCK);

    /** @param source what to draw from; nobody else should, or both see parts of one sequence */
    public Dice(RandomGenerator source) {
        this.source = source;
    }

    @Override
    public synchronized long nextLong() {
        if (!left.hasRemaining()) {
            source.nextBytes(block);
            left.rewind();
        }
        return left.getLong();
    }

    /** A name that nobody else has: 32 hexadecimal digits. */
    public String name() {
        return "%016x%016x".formatted(nextLong(), nextLong());
    }
}
