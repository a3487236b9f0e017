package dev.sluice.server.crash;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A message as the server shows it.
 *
 * @param id its number
 * @param flow its flow
 * @param subject its subject
 * @param kind {@code pass}, {@code summary}, {@code digest} or {@code notice}
 * @param state the word of its state
 * @param held how many held ones it tells
 * @param deliveries one for each channel and recipient
 */
record Stored(long id, String flow, String subject, String kind, String state, long held, List<Delivery> deliveries) {
    private static final Set<String> GIVEN_UP = Set.of("dead", "assumed", "withdrawn");

    /** One delivery. */
    record Delivery(String channel, String state) {
        /** Whether the server says that it will not, or cannot, know more of it. */
        boolean givenUp() {
            return GIVEN_UP.contains(state);
        }

        boolean accepted() {
            return state.equals("accepted");
        }

        boolean open() {
            return !accepted() && !givenUp();
        }
    }

    static Stored of(JsonNode json) {
        List<Delivery> deliveries = new ArrayList<>();
        json.path("deliveries")
                .forEach(each -> deliveries.add(new Delivery(
                        each.path("channel").asText(), each.path("state").asText())));
        return new Stored(
                json.path("id").asLong(),
                json.path("flow").asText(),
                json.path("subject").asText(),
                json.path("kind").asText(),
                json.path("state").asText(),
                json.path("held").asLong(),
                List.copyOf(deliveries));
    }

    Optional<Delivery> to(String channel) {
        return deliveries.stream()
                .filter(each -> each.channel().equals(channel))
                .findFirst();
    }

    boolean isDigest() {
        return kind.equals("digest");
    }

    /** Whether the server still means to do something about it. */
    boolean open() {
        return state.equals("pending") || deliveries.stream().anyMatch(Delivery::open);
    }
}
