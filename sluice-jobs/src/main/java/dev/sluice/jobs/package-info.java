/**
 * One job for each subject: admitted by a row, run by db-scheduler in threads of its own, and fenced by an exclusive claim.
 */
@NullMarked
package dev.sluice.jobs;

import org.jspecify.annotations.NullMarked;
