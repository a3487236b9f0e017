package dev.sluice.outbox;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whom channels go to, and by what each of them is known, however it is written. */
final class Receivers {
    private final Map<String, Channel> channels;

    /** @param channels by name */
    Receivers(Map<String, Channel> channels) {
        this.channels = channels;
    }

    /** To whom a channel goes by itself; empty if it has but one receiver, or is gone. */
    List<String> own(String channel) {
        return find(channel).map(Channel::recipients).orElse(List.of());
    }

    /** Nobody, if the channel goes only where it is told. */
    List<Target> ownTargets(String name) {
        if (find(name)
                .filter(channel -> !channel.addressed() || !own(name).isEmpty())
                .isEmpty()) {
            return List.of();
        }
        List<String> own = own(name).isEmpty() ? List.of(Deliveries.CHANNEL_KNOWS) : own(name);
        return own.stream().map(recipient -> new Target(name, recipient)).toList();
    }

    /** Whom a budget of recipients is charged for: a channel that knows its receiver stands for it. */
    String charged(Target target) {
        String receiver = receiver(target);
        return receiver.isBlank() ? target.channel() : receiver;
    }

    /** One for each receiver over each channel, as it is written first. */
    List<Target> once(Collection<Target> targets) {
        Map<Target, Target> once = new LinkedHashMap<>();
        targets.forEach(target -> once.putIfAbsent(new Target(target.channel(), receiver(target)), target));
        return List.copyOf(once.values());
    }

    private String receiver(Target target) {
        return find(target.channel())
                .map(channel -> channel.receiver(target.recipient()))
                .orElseGet(() -> Spelling.plain(target.recipient()));
    }

    private Optional<Channel> find(String channel) {
        return Optional.ofNullable(channels.get(channel));
    }
}
