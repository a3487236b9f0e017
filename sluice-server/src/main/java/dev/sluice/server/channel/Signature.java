package dev.sluice.server.channel;

import dev.sluice.server.config.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Proves to the receiver who wrote a body, and when: {@code t=<epoch seconds>,v1=<hex HMAC-SHA256 of "t.body">}. The
 * time is part of what is signed, so that an old body cannot be sent again later.
 */
public final class Signature {
    /** The header that it stands in. */
    public static final String HEADER = "Sluice-Signature";

    private static final String ALGORITHM = "HmacSHA256";

    private Signature() {}

    /** The value of the header for {@code body}, signed at {@code at}. */
    public static String of(byte[] body, Instant at, Secret secret) {
        String time = String.valueOf(at.getEpochSecond());
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret.reveal().getBytes(StandardCharsets.UTF_8), ALGORITHM));
            mac.update((time + '.').getBytes(StandardCharsets.US_ASCII));
            return "t=" + time + ",v1=" + HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }
}
