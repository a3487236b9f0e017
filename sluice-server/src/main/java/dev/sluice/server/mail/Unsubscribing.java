package dev.sluice.server.mail;

import dev.sluice.server.config.Secret;
import java.util.Optional;
import java.util.function.Function;

/** Addresses that only a receiver has, and that say of which flow they want no more. They are good for ever. */
public final class Unsubscribing {
    /** Where such an address is answered; the token follows. */
    public static final String PATH = "/v1/unsubscribe/";

    private static final String ADDRESS = "a";

    private Unsubscribing() {}

    /** Who wants no more of what. */
    public record Wish(String flow, String address) {}

    /** The token that says so. */
    public static String token(Wish wish, Secret secret) {
        return SignedToken.of(
                SignedToken.Purpose.UNSUBSCRIBE, SignedToken.saying(wish.flow()).put(ADDRESS, wish.address()), secret);
    }

    /**
     * What a token says; empty if it is none of a flow that is configured.
     *
     * @param secrets that of a flow, if it has one
     */
    public static Optional<Wish> read(String token, Function<String, Optional<Secret>> secrets) {
        return SignedToken.read(SignedToken.Purpose.UNSUBSCRIBE, token, secrets) instanceof SignedToken.Read.Sound sound
                ? Optional.of(new Wish(sound.flow(), sound.said().path(ADDRESS).asText()))
                : Optional.empty();
    }
}
