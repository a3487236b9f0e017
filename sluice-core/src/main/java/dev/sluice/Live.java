package dev.sluice;

import java.util.OptionalDouble;

/**
 * A claim that is not settled yet.
 *
 * @param fence its number; later claims of the key have higher ones
 * @param nonce random part of its token
 * @param id the occurrence it was given for
 * @param until its deadline; at this time it is lost
 * @param summary whether the pass was a summary
 * @param mark below which a reset does nothing, as long as the claim is not settled; its completion leaves it with the key
 */
public record Live(long fence, long nonce, long id, long until, boolean summary, OptionalDouble mark) {
    Live extended(long newUntil) {
        return new Live(fence, nonce, id, newUntil, summary, mark);
    }
}
