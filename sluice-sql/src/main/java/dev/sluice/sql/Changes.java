package dev.sluice.sql;

import java.util.Collection;
import java.util.Set;

/**
 * What a transaction is to write with its commit.
 *
 * @param slots the keys that it asked for; those that changed have a rule
 * @param fenceFloor what the fence floor is now, at least
 * @param armed keys that were armed again, which other processes want to know
 */
record Changes(Collection<Slot> slots, long fenceFloor, Set<String> armed) {}
