package dev.sluice.server.mail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.server.config.MailConfig;
import dev.sluice.server.config.Secret;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Links that say for themselves what they are good for. */
public final class Links {
    private static final String SUBJECT = "s";
    private static final String MESSAGE = "m";
    private static final String TIERS = "t";
    private static final String UNTIL = "u";

    private Links() {}

    /**
     * What the token of a link says.
     *
     * @param flow name of the flow
     * @param subject inside the flow
     * @param message the idempotency key of the delivery that it came with
     * @param tiers by name
     * @param until from when on it is good no longer, in whole seconds
     */
    public record Promise(String flow, String subject, String message, Map<String, BigDecimal> tiers, Instant until) {}

    /** What was found out about a token. */
    public sealed interface Verdict {
        /** It is good. */
        record Good(Promise promise) implements Verdict {}

        /** It was good once. */
        record Expired(Promise promise) implements Verdict {}

        /** It was signed with another secret, or for a flow that has none. */
        record UnknownKey() implements Verdict {}

        /** It is no token, or somebody changed it. */
        record Broken() implements Verdict {}
    }

    /** The token that says so. The same promise gives the same token. */
    public static String token(Promise promise, Secret secret) {
        ObjectNode said = SignedToken.saying(promise.flow())
                .put(SUBJECT, promise.subject())
                .put(MESSAGE, promise.message())
                .put(UNTIL, promise.until().getEpochSecond());
        ObjectNode tiers = said.putObject(TIERS);
        promise.tiers().forEach((name, value) -> tiers.put(name, value.toPlainString()));
        return SignedToken.of(SignedToken.Purpose.LINK, said, secret);
    }

    /** Where a link leads, with its token. */
    public static String address(MailConfig.Link link, String token) {
        String url = link.url().toString();
        String fragment =
                link.url().getRawFragment() == null ? "" : '#' + link.url().getRawFragment();
        String bare = url.substring(0, url.length() - fragment.length());
        return bare + (link.url().getRawQuery() == null ? '?' : '&') + "token=" + token + fragment;
    }

    /**
     * Whether a token is good at {@code now}.
     *
     * @param secrets that of a flow, if it has one
     */
    public static Verdict check(String token, Function<String, Optional<Secret>> secrets, Instant now) {
        SignedToken.Read read = SignedToken.read(SignedToken.Purpose.LINK, token, secrets);
        if (read instanceof SignedToken.Read.Sound sound) {
            Promise promise = promise(sound);
            return now.isBefore(promise.until()) ? new Verdict.Good(promise) : new Verdict.Expired(promise);
        }
        return read instanceof SignedToken.Read.UnknownKey ? new Verdict.UnknownKey() : new Verdict.Broken();
    }

    private static Promise promise(SignedToken.Read.Sound sound) {
        JsonNode said = sound.said();
        Map<String, BigDecimal> tiers = new LinkedHashMap<>();
        said.path(TIERS)
                .properties()
                .forEach(tier ->
                        tiers.put(tier.getKey(), new BigDecimal(tier.getValue().asText())));
        return new Promise(
                sound.flow(),
                said.path(SUBJECT).asText(),
                said.path(MESSAGE).asText(),
                tiers,
                Instant.ofEpochSecond(said.path(UNTIL).asLong()));
    }
}
