/**
 * Where messages go: e-mail, webhook, inbox, log. {@link dev.sluice.server.channel.Rendering} says what a message
 * reads like, the same in all of them; each channel then carries it, and says precisely what is known of the outcome.
 */
@NullMarked
package dev.sluice.server.channel;

import org.jspecify.annotations.NullMarked;
