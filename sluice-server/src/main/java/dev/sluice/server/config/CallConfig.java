package dev.sluice.server.config;

import java.util.Map;
import java.util.Optional;

/**
 * Where something is asked to be done by a POST.
 *
 * @param url where to
 * @param secret signs the body
 * @param headers sent along
 * @param timeouts of one POST
 */
public record CallConfig(
        Secret.Url url, Optional<Secret> secret, Map<String, Secret> headers, ChannelConfig.Timeouts timeouts) {}
