/** What users write to give the body of a request its form: Mustache, without logic, in which no value can break out. */
@NullMarked
package dev.sluice.server.template;

import org.jspecify.annotations.NullMarked;
