package dev.sluice;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;

/**
 * What a pass hands out: the right, and the duty, to do the effect and to settle before the deadline.
 *
 * @param key what it was given for
 * @param fence rises for ever per key; an effect that remembers the highest one seen can refuse a late holder
 * @param nonce random, so that a claim cannot be guessed
 * @param until when the claim is lost, unless it is settled or extended before
 */
public record Claim(Key key, long fence, long nonce, Instant until) {
    /** The opaque text that stands for the claim outside the process; it routes itself to the store of its key. */
    public String token() {
        byte[] text = key.text().getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(1 + Long.BYTES + Long.BYTES + text.length);
        bytes.put((byte) key.shard()).putLong(fence).putLong(nonce).put(text);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    }

    /**
     * Reads a token. The deadline is not part of it and reads as the epoch.
     *
     * @throws IllegalArgumentException if the text is no token
     */
    public static Claim parse(String token) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(token));
            int shard = bytes.get() & 0xff;
            long fence = bytes.getLong();
            long nonce = bytes.getLong();
            Key key = Key.parse(StandardCharsets.UTF_8.decode(bytes).toString());
            if (key.shard() != shard) {
                throw new IllegalArgumentException("the shard is not that of the key");
            }
            return new Claim(key, fence, nonce, Instant.EPOCH);
        } catch (IllegalArgumentException | BufferUnderflowException e) {
            throw new IllegalArgumentException("this is not the token of a claim", e);
        }
    }

    /** Shows no nonce: who reads a log cannot settle the claim. */
    @Override
    public String toString() {
        return "Claim[" + key + " fence=" + fence + " until=" + until + "]";
    }
}
