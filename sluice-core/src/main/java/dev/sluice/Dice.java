package dev.sluice;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/**
 * Chance that many threads may share. Drawn in blocks from a source that need not be safe for them, because a source that
 * nobody can predict is dear to ask for a few bytes. Only who needs a new block waits for others: every decision draws,
 * and on a busy machine a lock for each draw would be the dearest part of one that is answered from memory.
 */
public final class Dice implements RandomGenerator {
    private static final int BLOCK = 512;

    private final RandomGenerator source;
    private volatile Block block = new Block(new byte[0]);

    /** @param source what to draw from; nobody else should, or both see parts of one sequence */
    public Dice(RandomGenerator source) {
        this.source = source;
    }

    private static final class Block {
        private final ByteBuffer bytes;
        private final AtomicInteger drawn = new AtomicInteger();

        Block(byte[] bytes) {
            this.bytes = ByteBuffer.wrap(bytes);
        }

        /** The place of a number that is nobody else's; behind the end if there is none left. */
        int next() {
            return drawn.getAndIncrement() * Long.BYTES;
        }

        boolean has(int place) {
            return place < bytes.capacity();
        }

        boolean isSpent() {
            return !has(drawn.get() * Long.BYTES);
        }

        long at(int place) {
            return bytes.getLong(place);
        }
    }

    @Override
    public long nextLong() {
        while (true) {
            Block drawn = block;
            int place = drawn.next();
            if (drawn.has(place)) {
                return drawn.at(place);
            }
            refill();
        }
    }

    private synchronized void refill() {
        if (block.isSpent()) {
            byte[] bytes = new byte[BLOCK];
            source.nextBytes(bytes);
            block = new Block(bytes);
        }
    }

    /** A name that nobody else has: 32 hexadecimal digits. */
    public String name() {
        return "%016x%016x".formatted(nextLong(), nextLong());
    }
}
