package dev.sluice.server.mail;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.server.config.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Says something that nobody can change or make who does not know the secret of its flow:
 * {@code base64url(JSON).base64url(HMAC-SHA256)}. What it is for is part of what is signed, so that one for a link
 * unsubscribes nobody. It can be read by everybody.
 */
final class SignedToken {
    static final int MOST = 4_000;

    private static final JsonMapper JSON = new JsonMapper();
    private static final String ALGORITHM = "HmacSHA256";
    private static final String FLOW = "f";
    private static final String KEY = "k";
    private static final int KEY_BYTES = 6;

    private SignedToken() {}

    /** What a token is for. */
    enum Purpose {
        LINK,
        UNSUBSCRIBE,
        OPEN,
        CLICK
    }

    /** What reading a token gave. */
    sealed interface Read {
        /** What it says, and that nobody changed it. */
        record Sound(String flow, JsonNode said) implements Read {}

        /** It was signed with another secret, or for a flow that has none. */
        record UnknownKey() implements Read {}

        /** It is none, or somebody changed it, or it is for something else. */
        record Broken() implements Read {}
    }

    static ObjectNode saying(String flow) {
        return JSON.createObjectNode().put(FLOW, flow);
    }

    static String of(Purpose purpose, ObjectNode said, Secret secret) {
        said.put(KEY, name(secret));
        try {
            String text = encoded(JSON.writeValueAsBytes(said));
            return text + '.' + encoded(mac(secret, purpose, text));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of texts and numbers can always be written", e);
        }
    }

    /** @param secrets that of a flow, if it has one */
    static Read read(Purpose purpose, String token, Function<String, Optional<Secret>> secrets) {
        String[] parts = token.split("\\.", -1);
        if (token.length() > MOST || parts.length != 2) {
            return new Read.Broken();
        }
        try {
            JsonNode said = JSON.readTree(Base64.getUrlDecoder().decode(parts[0]));
            byte[] signature = Base64.getUrlDecoder().decode(parts[1]);
            if (said == null || !said.isObject()) {
                return new Read.Broken();
            }
            String flow = said.path(FLOW).asText();
            Optional<Secret> secret = secrets.apply(flow)
                    .filter(known -> name(known).equals(said.path(KEY).asText()));
            if (secret.isEmpty()) {
                return new Read.UnknownKey();
            }
            boolean same = MessageDigest.isEqual(mac(secret.get(), purpose, parts[0]), signature);
            return same ? new Read.Sound(flow, said) : new Read.Broken();
        } catch (IllegalArgumentException | IOException e) {
            return new Read.Broken();
        }
    }

    /** Tells secrets apart, and says nothing of them. */
    private static String name(Secret secret) {
        return encoded(Arrays.copyOf(mac(secret, "name of the key"), KEY_BYTES));
    }

    private static byte[] mac(Secret secret, Purpose purpose, String text) {
        return mac(secret, purpose.name().toLowerCase(Locale.ROOT) + '.' + text);
    }

    private static byte[] mac(Secret secret, String text) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret.reveal().getBytes(StandardCharsets.UTF_8), ALGORITHM));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
