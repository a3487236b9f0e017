/**
 * {@code ./sluice feed}: reads a file of occurrences and has a running server decide them. {@link
 * dev.sluice.server.feed.Source} reads, {@link dev.sluice.server.feed.Receiver} decides, {@link
 * dev.sluice.server.feed.Feed} goes between them and counts.
 */
@NullMarked
package dev.sluice.server.feed;

import org.jspecify.annotations.NullMarked;
