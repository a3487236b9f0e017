package dev.sluice;

/** One event for one key, under the rule at hand: what a store applies as one atomic step. */
public record Command(Key key, Rule rule, Event event) {}
