package dev.sluice;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Turns the ids of callers into the numbers that the state of a key holds. */
public final class Ids {
    private Ids() {}

    /** The first 64 bits of the SHA-256 of the text: the same in every process. */
    public static long number(String id) {
        return ByteBuffer.wrap(sha256(id)).getLong();
    }

    static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
