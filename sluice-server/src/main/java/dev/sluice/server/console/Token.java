package dev.sluice.server.console;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * A secret of this process that every form carries. A page of another site cannot read it, so it cannot send a form that
 * is taken.
 */
final class Token {
    static final String FIELD = "token";

    private static final int BYTES = 16;

    private final String value;

    Token(RandomGenerator random) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        value = HexFormat.of().formatHex(bytes);
    }

    String value() {
        return value;
    }

    boolean isIn(Map<String, String> form) {
        byte[] given = form.getOrDefault(FIELD, "").getBytes(StandardCharsets.UTF_8);
        return MessageDigest.isEqual(given, value.getBytes(StandardCharsets.UTF_8));
    }
}
