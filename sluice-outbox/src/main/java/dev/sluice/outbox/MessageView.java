package dev.sluice.outbox;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A message as the console and the API show it.
 *
 * @param message what it says
 * @param state where it is
 * @param giveUpAt when it is dead, unless it was delivered before
 * @param deliveries one for each channel and recipient
 */
public record MessageView(Message message, MessageState state, Instant giveUpAt, List<DeliveryView> deliveries) {
    /**
     * One delivery.
     *
     * @param channel name of the channel
     * @param recipient to whom; empty if the channel knows
     * @param state {@code waiting}, {@code undeliverable} (waiting for an address), {@code sending}, {@code accepted},
     *     {@code assumed}, {@code dead} or {@code withdrawn}
     * @param attempts how many were made
     * @param nextAt when the next attempt is due
     * @param note what the last attempt gave
     * @param unsure whether it may have arrived already, though nobody said so
     */
    public record DeliveryView(
            String channel,
            String recipient,
            String state,
            int attempts,
            Optional<Instant> nextAt,
            String note,
            boolean unsure) {}
}
